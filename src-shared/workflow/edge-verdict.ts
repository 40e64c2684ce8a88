import type { Port } from '../nodes/kind.ts';
import type { PortReference, WorkflowDocument, WorkflowNode } from './document.ts';
import { viewNode } from './node-view.ts';
import { type ConnectionVerdict, verdictOnConnection } from './port-types.ts';

/** Whether a new edge may be drawn between two ports of the document, and if not, why not. */
export function verdictOnEdge(document: WorkflowDocument, from: PortReference, to: PortReference): ConnectionVerdict {
  const refuse = (reason: string): ConnectionVerdict => ({ verdict: 'refused', reason });
  const source = document.nodes.find((node) => node.id === from.node);
  const target = document.nodes.find((node) => node.id === to.node);
  if (source === undefined) return refuse(`there is no node “${from.node}”`);
  if (target === undefined) return refuse(`there is no node “${to.node}”`);
  if (source === target) return refuse('a node cannot feed itself');
  const output = findPort(source, 'outputs', from.port);
  if (output === null) return refuse(`“${source.name || source.id}” has no output “${from.port}”`);
  const input = findPort(target, 'inputs', to.port);
  if (input === null) return refuse(`“${target.name || target.id}” has no input “${to.port}”`);
  const others = document.edges.filter((edge) => edge.to.node === to.node && edge.to.port === to.port);
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
  const successors = new Map<string, string[]>();
  for (const edge of document.edges) {
    const known = successors.get(edge.from.node);
    if (known === undefined) successors.set(edge.from.node, [edge.to.node]);
    else known.push(edge.to.node);
  }
  const cameFrom = new Map<string, string | null>([[start, null]]);
  const queue = [start];
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at] as string;
    if (id === end) {
      const way: string[] = [];
      for (let back: string | null | undefined = id; back != null; back = cameFrom.get(back)) way.push(back);
      return way.reverse();
    }
    for (const next of successors.get(id) ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return null;
}
