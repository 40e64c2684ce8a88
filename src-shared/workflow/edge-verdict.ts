import type { Port } from '../nodes/kind.ts';
import type { PortReference, WorkflowDocument, WorkflowNode } from './document.ts';
import { indexDocument } from './document-index.ts';
import { viewNode } from './node-view.ts';
import { type ConnectionVerdict, verdictOnConnection } from './port-types.ts';

/** Whether a new edge may be drawn between two ports of the document, and if not, why not. */
export function verdictOnEdge(document: WorkflowDocument, from: PortReference, to: PortReference): ConnectionVerdict {
  const refuse = (reason: string): ConnectionVerdict => ({ verdict: 'refused', reason });
  const { nodes, incoming, undoneBy } = indexDocument(document);
  const [source, target] = [nodes.get(from.node), nodes.get(to.node)];
  if (source === undefined) return refuse(`there is no node “${from.node}”`);
  if (target === undefined) return refuse(`there is no node “${to.node}”`);
  if (source === target) return refuse('a node cannot feed itself');
  for (const end of [source, target]) {
    const undone = undoneBy.get(end.id);
    if (undone !== undefined) return refuse(`“${end.name || end.id}” runs only to undo “${undone.name || undone.id}”, and has no edges`);
  }
  const output = findPort(source, 'outputs', from.port);
  if (output === null) return refuse(`“${source.name || source.id}” has no output “${from.port}”`);
  const input = findPort(target, 'inputs', to.port);
  if (input === null) return refuse(`“${target.name || target.id}” has no input “${to.port}”`);
  const others = (incoming.get(to.node) ?? []).filter((edge) => edge.to.port === to.port);
  if (others.some((edge) => edge.from.node === from.node && edge.from.port === from.port)) return refuse('this edge is already there');
  if (others.length > 0 && input !== undefined && input.takesMany !== true)
    return refuse(`“${to.port}” takes one edge; put a merge in between to bring several together`);
  const way = findWay(document, to.node, from.node);
  if (way !== null) return refuse(`it would close a cycle: ${[...way, to.node].join(' → ')}`);
  if (output === undefined || input === undefined)
    return { verdict: 'maybe', reason: 'one of the nodes is of a kind or config that cannot be read' };
  return verdictOnConnection(output.schema, input.schema);
}

/** The port; null when the node has none of that name, undefined when its ports cannot be known. */
export function findPort(node: WorkflowNode, side: 'inputs' | 'outputs', name: string): Port | null | undefined {
  const view = viewNode(node);
  return view.type === 'valid' ? (view.ports[side].find((port) => port.name === name) ?? null) : undefined;
}

/** A shortest way along the edges, both ends included, or null. */
function findWay(document: WorkflowDocument, start: string, end: string): readonly string[] | null {
  const { outgoing } = indexDocument(document);
  const cameFrom = new Map<string, string | null>([[start, null]]);
  const queue = [start];
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at] as string;
    if (id === end) {
      const way: string[] = [];
      for (let back: string | null | undefined = id; back != null; back = cameFrom.get(back)) way.push(back);
      return way.reverse();
    }
    for (const { to } of outgoing.get(id) ?? []) {
      const next = to.node;
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return null;
}
