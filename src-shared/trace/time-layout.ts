import { type FlameLayout, toFlameLayout } from './flame-layout.ts';
import { countBegun, endAt, type Moment } from './flame-weight.ts';
import type { Span } from './span.ts';

/**
 * Spans by the clock, in milliseconds since 1970: each stands below the one around it. What went on at the same time beside each other gets
 * rows of its own: a span takes the first rows below its parent that are free from its start on, with all that is inside it.
 */
export function toTimeLayout(spans: readonly Span[], moment: Moment): FlameLayout {
  const count = countBegun(spans, moment);
  const item = new Int32Array(count);
  const from = new Float64Array(count);
  const to = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const span = spans[index] as Span;
    item[index] = index;
    from[index] = span.startedAtMs;
    to[index] = endAt(span, moment);
  }
  return toFlameLayout({ count, item, from, to, row: toRows(spans, count, to) });
}

/** Heights are known from the inside out, rows from the outside in. */
function toRows(spans: readonly Span[], count: number, to: Float64Array): Int32Array {
  const { firstChild, nextSibling } = toFamilies(spans, count);
  const height = new Int32Array(count).fill(1);
  /** How many rows below its parent a span stands. */
  const offset = new Int32Array(count);
  for (let index = count - 1; index >= 0; index -= 1) {
    let atWork: Stood[] = [];
    let lowest = 1;
    for (let child = firstChild[index] as number; child !== -1; child = nextSibling[child] as number) {
      const start = (spans[child] as Span).startedAtMs;
      atWork = atWork.filter(({ until }) => until > start);
      const top = findRoom(atWork, height[child] as number);
      const bottom = top + (height[child] as number);
      offset[child] = top;
      lowest = Math.max(lowest, bottom);
      atWork.push({ until: to[child] as number, top, bottom });
      atWork.sort((a, b) => a.top - b.top);
    }
    height[index] = lowest;
  }
  const row = new Int32Array(count);
  for (let index = 0; index < count; index += 1) {
    const { parent } = spans[index] as Span;
    row[index] = parent < 0 ? 0 : (row[parent] as number) + (offset[index] as number);
  }
  return row;
}

/** The rows below their parent that a span and everything in it take until it ends. */
interface Stood {
  readonly until: number;
  readonly top: number;
  readonly bottom: number;
}

/** The first rows, this many, that nothing stands in; `atWork` is sorted by its top. */
function findRoom(atWork: readonly Stood[], rows: number): number {
  let top = 1;
  for (const stood of atWork) {
    if (stood.top >= top + rows) break;
    top = Math.max(top, stood.bottom);
  }
  return top;
}

/** The children of each span as linked lists, in the order of their start; -1 ends one. */
export function toFamilies(
  spans: readonly Pick<Span, 'parent'>[],
  count: number,
): { readonly firstChild: Int32Array; readonly nextSibling: Int32Array } {
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  for (let index = count - 1; index >= 0; index -= 1) {
    const { parent } = spans[index] as Pick<Span, 'parent'>;
    if (parent < 0) continue;
    nextSibling[index] = firstChild[parent] as number;
    firstChild[parent] = index;
  }
  return { firstChild, nextSibling };
}
