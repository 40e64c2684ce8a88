import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { distanceToEdge } from '../../canvas/edge-geometry.ts';
import { grow, lineTouches, type Rect, type SceneLine } from '../../canvas/scene.ts';
import { toInsertEdit } from './connecting.ts';

/** A card lies on an edge when its middle is this close to it, in canvas units. */
const reach = 32;

/** The edge that a dragged node lies on and could be put into, or null. Nodes that are connected already stay out of edges. */
export function findEdgeUnder(document: WorkflowDocument, lines: readonly SceneLine[], node: string, box: Rect): string | null {
  if (document.edges.some((edge) => edge.from.node === node || edge.to.node === node)) return null;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const around = grow({ ...middle, width: 0, height: 0 }, reach);
  let best: { readonly id: string; readonly distance: number } | null = null;
  for (const line of lines) {
    if (line.look === 'undo' || !lineTouches(line, around)) continue;
    const distance = distanceToEdge({ x: line.fromX, y: line.fromY }, { x: line.toX, y: line.toY }, middle);
    if (distance <= reach && (best === null || distance < best.distance)) best = { id: line.id, distance };
  }
  return best !== null && toInsertEdit(document, node, best.id) !== null ? best.id : null;
}
