import { contains, grow, type Rect } from './scene.ts';

/** A line along which a dragged box stands in line with another, from end to end. */
export interface Guide {
  readonly axis: 'x' | 'y';
  /** Where the line stands on its axis. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** How a dragged box is moved a little to stand in line with others, and the lines that say so. */
export interface Alignment {
  readonly dx: number;
  readonly dy: number;
  readonly guides: readonly Guide[];
}

/** Lines up edges and middles of a box with those of others, when one is within `reach`: the closest on each axis. */
export function align(box: Rect, others: readonly Rect[], reach: number): Alignment {
  const dx = closestOffset(stopsOf(box, 'x'), others, 'x', reach);
  const dy = closestOffset(stopsOf(box, 'y'), others, 'y', reach);
  const moved = { ...box, x: box.x + (dx ?? 0), y: box.y + (dy ?? 0) };
  return {
    dx: dx ?? 0,
    dy: dy ?? 0,
    guides: [...(dx === null ? [] : toGuides(moved, others, 'x')), ...(dy === null ? [] : toGuides(moved, others, 'y'))],
  };
}

/** The boxes near enough to a dragged one that lining up with them can be seen: those in view. */
export function listInView<Box extends Rect>(boxes: readonly Box[], view: Rect): readonly Box[] {
  return boxes.filter((box) => contains(grow(view, Math.max(box.width, box.height)), box));
}

type Axis = Guide['axis'];

/** Beginning, middle and end of a box along an axis. */
function stopsOf({ x, y, width, height }: Rect, axis: Axis): readonly [number, number, number] {
  return axis === 'x' ? [x, x + width / 2, x + width] : [y, y + height / 2, y + height];
}

function closestOffset(stops: readonly number[], others: readonly Rect[], axis: Axis, reach: number): number | null {
  let best: number | null = null;
  for (const other of others) {
    const [start, middle, end] = stopsOf(other, axis);
    // Middles line up with middles only: to the edge of another box they say nothing.
    const pairs = [
      [start, stops[0]],
      [start, stops[2]],
      [end, stops[0]],
      [end, stops[2]],
      [middle, stops[1]],
    ] as const;
    for (const [goal, stop] of pairs) {
      const offset = goal - (stop as number);
      if (Math.abs(offset) <= reach && (best === null || Math.abs(offset) < Math.abs(best))) best = offset;
    }
  }
  return best;
}

/** One line for each place where the box now stands in line, as long as all boxes that do. */
function toGuides(box: Rect, others: readonly Rect[], axis: Axis): readonly Guide[] {
  const across = axis === 'x' ? 'y' : 'x';
  const [start, middle, end] = stopsOf(box, axis);
  return [...new Set([start, middle, end])].flatMap((at) => {
    const inLine = others.filter((other) => {
      const stops = stopsOf(other, axis);
      return at === middle ? stops[1] === at : stops[0] === at || stops[2] === at;
    });
    if (inLine.length === 0) return [];
    const spans = [box, ...inLine].map((rect) => stopsOf(rect, across));
    return [{ axis, at, from: Math.min(...spans.map(([first]) => first)), to: Math.max(...spans.map(([, , last]) => last)) }];
  });
}
