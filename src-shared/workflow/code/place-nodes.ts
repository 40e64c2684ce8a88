import type { Position, WorkflowDocument, WorkflowNode } from '../document.ts';
import { planWorkflow } from '../plan.ts';

/** From one card to the next, in canvas units. */
const columnWidth = 240;
const rowHeight = 128;
/** Cards nearer than this lie on each other. */
const cardRoom = { x: 200, y: 104 };
const origin: Position = { x: 80, y: 80 };

/**
 * The document with a place for each node that code says none for: where it was before, else beside what comes before or after it,
 * and when nothing has a place, in columns by the layers of the plan.
 */
export function placeNodes(document: WorkflowDocument, known: ReadonlyMap<string, Position>): WorkflowDocument {
  const missing = document.nodes.filter(({ id }) => !known.has(id));
  if (missing.length === 0) return withPositions(document, known);
  return withPositions(document, known.size === 0 ? layOut(document) : placeBeside(document, known, missing));
}

function withPositions(document: WorkflowDocument, positions: ReadonlyMap<string, Position>): WorkflowDocument {
  return { ...document, nodes: document.nodes.map((node) => ({ ...node, position: positions.get(node.id) ?? node.position })) };
}

/** A column for each layer, and below them a row for what the plan leaves out: notes, compensations, what is disabled. */
function layOut(document: WorkflowDocument): ReadonlyMap<string, Position> {
  const { layers } = planWorkflow(document);
  const planned = new Set(layers.flat());
  const tallest = Math.max(0, ...layers.map((layer) => layer.length));
  const positions = new Map<string, Position>();
  const put = (id: string, column: number, row: number) =>
    positions.set(id, { x: origin.x + column * columnWidth, y: origin.y + row * rowHeight });
  for (const [column, layer] of layers.entries())
    for (const [row, id] of layer.entries()) put(id, column, row + (tallest - layer.length) / 2);
  for (const [index, { id }] of document.nodes.filter((node) => !planned.has(node.id)).entries()) put(id, index, tallest);
  return positions;
}

function placeBeside(
  document: WorkflowDocument,
  known: ReadonlyMap<string, Position>,
  missing: readonly WorkflowNode[],
): ReadonlyMap<string, Position> {
  const positions = new Map(known);
  const at = (ids: readonly string[]) => ids.flatMap((id) => positions.get(id) ?? []);
  let left = [...missing];
  while (left.length > 0) {
    const placed = new Set<string>();
    for (const { id } of left) {
      const before = at(document.edges.flatMap(({ from, to }) => (to.node === id ? [from.node] : [])));
      const after = at(document.edges.flatMap(({ from, to }) => (from.node === id ? [to.node] : [])));
      const undone = at(document.nodes.flatMap((node) => (node.compensation === id ? [node.id] : [])));
      const wanted =
        before.length > 0
          ? { x: Math.max(...before.map(({ x }) => x)) + columnWidth, y: mean(before) }
          : after.length > 0
            ? { x: Math.min(...after.map(({ x }) => x)) - columnWidth, y: mean(after) }
            : undone.length > 0
              ? { x: Math.min(...undone.map(({ x }) => x)), y: mean(undone) + rowHeight }
              : undefined;
      if (wanted === undefined) continue;
      positions.set(id, toFree(wanted, positions));
      placed.add(id);
    }
    left = left.filter(({ id }) => !placed.has(id));
    if (placed.size > 0) continue;
    // Nothing joins these to the others: the first goes below everything, and what hangs on it beside it.
    const [first] = left.splice(0, 1) as [WorkflowNode];
    const all = [...positions.values()];
    positions.set(
      first.id,
      toFree({ x: Math.min(...all.map(({ x }) => x)), y: Math.max(...all.map(({ y }) => y)) + rowHeight }, positions),
    );
  }
  return positions;
}

function mean(positions: readonly Position[]): number {
  return Math.round(positions.reduce((sum, { y }) => sum + y, 0) / positions.length);
}

/** The nearest place at or below this one that no card covers. */
function toFree(wanted: Position, positions: ReadonlyMap<string, Position>): Position {
  const taken = [...positions.values()];
  let { y } = wanted;
  while (taken.some((other) => Math.abs(other.x - wanted.x) < cardRoom.x && Math.abs(other.y - y) < cardRoom.y)) y += rowHeight / 2;
  return { x: wanted.x, y };
}
