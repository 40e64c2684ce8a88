import { type Position, toEdgeId, type WorkflowDocument } from '#shared/workflow/document.ts';
import { buildGraph, listDescendants } from '#shared/workflow/graph.ts';
import { cardWidth, toGrid } from '../../canvas/card-geometry.ts';

/** The least room between cards for the edge between them. */
const gap = 56;

/** Where nodes go when one is put into an edge: it into the middle, and what comes after it so far right that nothing overlaps. */
export function makeRoom(
  document: WorkflowDocument,
  inserted: string,
  edgeId: string,
): readonly { readonly node: string; readonly position: Position }[] {
  const edge = document.edges.find((candidate) => toEdgeId(candidate) === edgeId);
  const source = document.nodes.find((node) => node.id === edge?.from.node);
  const target = document.nodes.find((node) => node.id === edge?.to.node);
  if (source === undefined || target === undefined) return [];
  const start = source.position.x + cardWidth;
  const missing = Math.max(0, cardWidth + 2 * gap - (target.position.x - start));
  const after = listDescendants(buildGraph(document), target.id);
  const moved = document.nodes
    .filter((node) => missing > 0 && (node.id === target.id || after.has(node.id)) && node.id !== inserted)
    .map((node) => ({ node: node.id, position: { x: toGrid(node.position.x + missing), y: node.position.y } }));
  const middle = (start + target.position.x + missing - cardWidth) / 2;
  return [...moved, { node: inserted, position: { x: toGrid(middle), y: toGrid((source.position.y + target.position.y) / 2) } }];
}
