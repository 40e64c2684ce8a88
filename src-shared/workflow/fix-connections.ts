import type { Position, WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';
import { indexDocument } from './document-index.ts';
import { verdictOnEdge } from './edge-verdict.ts';
import type { Fix } from './fix.ts';
import { viewNode } from './node-view.ts';

/** Ways to connect an input with an output that fits, the nearest to the left first. */
export function connectInput(document: WorkflowDocument, node: WorkflowNode, port: string, most: number): readonly Fix[] {
  const found: { readonly edge: WorkflowEdge; readonly fix: Fix; readonly rank: number }[] = [];
  for (const source of listNearest(document, node)) {
    const view = viewNode(source);
    if (source === node || view.type !== 'valid' || source.disabled === true) continue;
    for (const output of view.ports.outputs) {
      const edge = { from: { node: source.id, port: output.name }, to: { node: node.id, port } };
      const { verdict } = verdictOnEdge(document, edge.from, edge.to);
      if (verdict === 'refused') continue;
      found.push({ edge, fix: toConnection(document, edge), rank: rankOf(document, edge, found.length) });
    }
    if (found.length > mostCandidates) break;
  }
  return found
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ fix }) => fix);
}

/** The fix that draws an edge. */
export function toConnection(document: WorkflowDocument, edge: WorkflowEdge): Fix {
  const { nodes } = indexDocument(document);
  const nameOf = (id: string) => nodes.get(id)?.name || id;
  return {
    type: 'edit',
    title: `Connect ${nameOf(edge.from.node)} (${edge.from.port}) with ${nameOf(edge.to.node)}`,
    edit: { type: 'addEdge', edge },
  };
}

/** Halfway between two nodes, a little below, where a node that goes in between is seen. */
export function between(one: WorkflowNode, other: WorkflowNode): Position {
  const toGrid = (value: number) => Math.round(value / 8) * 8;
  return { x: toGrid((one.position.x + other.position.x) / 2), y: toGrid((one.position.y + other.position.y) / 2 + 96) };
}

const mostCandidates = 40;

/** Further nodes are not looked at: of 10,000, sorting them all would take longer than all the rest. */
const mostLookedAt = 400;

/** What stands before a node comes before what stands behind it, the nearest first. */
function listNearest(document: WorkflowDocument, { position }: WorkflowNode): readonly WorkflowNode[] {
  const distances = Float64Array.from(document.nodes, (node) => {
    const across = position.x - node.position.x;
    return Math.abs(across) + Math.abs(position.y - node.position.y) + (across > 0 ? 0 : 100_000);
  });
  const limit = distances.toSorted()[mostLookedAt] ?? Number.POSITIVE_INFINITY;
  const near = document.nodes.flatMap((node, index) => {
    const distance = distances[index] as number;
    return distance <= limit ? [{ node, distance }] : [];
  });
  return near.sort((a, b) => a.distance - b.distance).map(({ node }) => node);
}

/** An output that nothing uses yet is more likely meant than one that is used. */
function rankOf(document: WorkflowDocument, { from }: WorkflowEdge, order: number): number {
  const isUsed = (indexDocument(document).outgoing.get(from.node) ?? []).some((edge) => edge.from.port === from.port);
  return order + (isUsed ? mostCandidates : 0);
}
