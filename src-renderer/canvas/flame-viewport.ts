import type { FlameLayout } from '#shared/trace/flame-layout.ts';

/** What a window shows of a flame: places from left to right in the unit of the layout, and how far its rows are scrolled up, in pixels. */
export interface FlameViewport {
  readonly from: number;
  readonly to: number;
  readonly top: number;
}

export interface FlameSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels; a label of 11 px stands in it with room above and below. */
export const flameRowHeight = 18;

/** Closer than this share of the whole nothing can be told apart by numbers of this size. */
const leastShare = 1e-9;

/** The whole of it, from its top. */
export function toWholeViewport({ extent }: FlameLayout): FlameViewport {
  return { from: extent.from, to: Math.max(extent.to, extent.from + 1e-6), top: 0 };
}

/** The same viewport moved so that it stays on the flame. */
export function withinFlame(viewport: FlameViewport, layout: FlameLayout, size: FlameSize): FlameViewport {
  const whole = toWholeViewport(layout);
  const width = Math.min(Math.max(viewport.to - viewport.from, (whole.to - whole.from) * leastShare), whole.to - whole.from);
  const from = Math.min(Math.max(viewport.from, whole.from), whole.to - width);
  const top = Math.min(Math.max(viewport.top, 0), Math.max(0, layout.rows * flameRowHeight - size.height));
  return { from, to: from + width, top };
}

/** Nearer (a factor under 1) or further, with what is at `x` staying where it is. */
export function zoomedAt(viewport: FlameViewport, x: number, width: number, factor: number): FlameViewport {
  const span = viewport.to - viewport.from;
  const fixed = viewport.from + (x / width) * span;
  return { ...viewport, from: fixed - (fixed - viewport.from) * factor, to: fixed + (viewport.to - fixed) * factor };
}

/** Moved by pixels to the right and down. */
export function panned(viewport: FlameViewport, dx: number, dy: number, width: number): FlameViewport {
  const shift = (dx / width) * (viewport.to - viewport.from);
  return { from: viewport.from + shift, to: viewport.to + shift, top: viewport.top + dy };
}

/** One box from edge to edge, with its row near the top. */
export function zoomedTo(layout: FlameLayout, box: number, size: FlameSize): FlameViewport {
  const from = layout.from[box] as number;
  const to = layout.to[box] as number;
  const margin = (to - from || (layout.extent.to - layout.extent.from) * 1e-6) * 0.02;
  const top = (rowOfBox(layout, box) - 1) * flameRowHeight;
  return withinFlame({ from: from - margin, to: to + margin, top }, layout, size);
}

/** Moved no more than it takes to see a box. */
export function revealed(viewport: FlameViewport, layout: FlameLayout, box: number, size: FlameSize): FlameViewport {
  const from = layout.from[box] as number;
  const to = layout.to[box] as number;
  const y = rowOfBox(layout, box) * flameRowHeight;
  const top = y < viewport.top ? y : Math.max(viewport.top, y + flameRowHeight - size.height);
  const span = viewport.to - viewport.from;
  const isInView = to > viewport.from && from < viewport.to;
  const left = isInView ? viewport.from : (from + to - span) / 2;
  return withinFlame({ from: left, to: left + span, top }, layout, size);
}

/** The row that a box stands in, found by halving. */
export function rowOfBox({ rowStarts, rows }: FlameLayout, box: number): number {
  let low = 0;
  let high = rows - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((rowStarts[middle] as number) <= box) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first box of a row (of these bounds) that ends behind a place; the upper bound when none does. */
export function firstEndingAfter(to: Float64Array, place: number, low: number, high: number): number {
  let [from, until] = [low, high];
  while (from < until) {
    const middle = (from + until) >>> 1;
    if ((to[middle] as number) > place) until = middle;
    else from = middle + 1;
  }
  return from;
}

/** The box below a point of the window, or -1. What is thinner than a pixel can be hit within one. */
export function boxAt(layout: FlameLayout, viewport: FlameViewport, size: FlameSize, x: number, y: number): number {
  const row = Math.floor((y + viewport.top) / flameRowHeight);
  if (row < 0 || row >= layout.rows) return -1;
  const pixel = (viewport.to - viewport.from) / size.width;
  const place = viewport.from + x * pixel;
  const end = layout.rowStarts[row + 1] as number;
  const box = firstEndingAfter(layout.to, place - pixel, layout.rowStarts[row] as number, end);
  return box < end && (layout.from[box] as number) <= place + pixel ? box : -1;
}
