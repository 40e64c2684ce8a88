import { type FlameLayout, toFlameLayout } from './flame-layout.ts';
import { countBegun, type FlameWeight, type Moment, toOwnWeights } from './flame-weight.ts';
import type { Span } from './span.ts';
import { toFamilies } from './time-layout.ts';

/** Something that a flame by weight is made of; a parent stands before its children. */
interface Weighted {
  readonly parent: number;
}

/** Spans that are the same step of the same work, over one run or many. */
export interface FlameGroup extends Weighted {
  readonly name: string;
  /** The first of them: its kind, node and frame stand for all. */
  readonly example: Span;
  readonly count: number;
  readonly own: number;
  readonly total: number;
}

/** A run's spans, seen at a moment. */
export interface SeenSpans {
  readonly spans: readonly Span[];
  readonly moment: Moment;
}

/** Each span as wide as what it used, in the order of their start from the left. Widths of children and what the parent used itself sum to the parent's. */
export function toOrderedLayout({ spans, moment }: SeenSpans, weight: FlameWeight): FlameLayout {
  const count = countBegun(spans, moment);
  return placeByWeight(spans, toTotals(spans, toOwnWeights(spans, count, weight, moment)));
}

/** What is called the same below the same, together; the heaviest first. */
export function toGroups(runs: readonly SeenSpans[], weight: FlameWeight): readonly FlameGroup[] {
  const groups: { parent: number; name: string; example: Span; count: number; own: number }[] = [];
  const byKey = new Map<string, number>();
  for (const { spans, moment } of runs) {
    const count = countBegun(spans, moment);
    const own = toOwnWeights(spans, count, weight, moment);
    const groupOf = new Int32Array(count);
    for (let index = 0; index < count; index += 1) {
      const span = spans[index] as Span;
      const parent = span.parent < 0 ? -1 : (groupOf[span.parent] as number);
      const name = toGroupName(span);
      const key = `${parent} ${span.kind} ${name}`;
      const known = byKey.get(key);
      if (known === undefined) {
        groupOf[index] = groups.push({ parent, name, example: span, count: 1, own: own[index] as number }) - 1;
        byKey.set(key, groupOf[index] as number);
      } else {
        const group = groups[known] as (typeof groups)[number];
        group.count += 1;
        group.own += own[index] as number;
        groupOf[index] = known;
      }
    }
  }
  const totals = toTotals(
    groups,
    Float64Array.from(groups, (group) => group.own),
  );
  return groups.map((group, index) => ({ ...group, total: totals[index] as number }));
}

/** The groups from the left by falling weight. */
export function toLeftHeavyLayout(groups: readonly FlameGroup[]): FlameLayout {
  return placeByWeight(
    groups,
    Float64Array.from(groups, (group) => group.total),
    (a, b) => (groups[b] as FlameGroup).total - (groups[a] as FlameGroup).total || a - b,
  );
}

/** Attempts of one node, items of one map and turns of one agent are the same work. */
function toGroupName({ kind, name }: Span): string {
  if (kind === 'attempt') return name.replace(/ · attempt \d+$/, '');
  if (kind === 'turn') return 'turns';
  if (kind === 'scope') return name.replace(/^(item|round) \d+$/, '$1s');
  return name;
}

/** What each item and everything below it weighs together. A parent stands before its children. */
export function toTotals(items: readonly Weighted[], own: Float64Array): Float64Array {
  const totals = own.slice();
  for (let index = own.length - 1; index >= 0; index -= 1) {
    const { parent } = items[index] as Weighted;
    if (parent >= 0) totals[parent] = (totals[parent] as number) + (totals[index] as number);
  }
  return totals;
}

/** Walks down without recursion: a flame may be deeper than the stack. */
function placeByWeight(items: readonly Weighted[], totals: Float64Array, order?: (a: number, b: number) => number): FlameLayout {
  const count = totals.length;
  const { firstChild, nextSibling } = toFamilies(items, count);
  const boxes = {
    count,
    item: new Int32Array(count),
    row: new Int32Array(count),
    from: new Float64Array(count),
    to: new Float64Array(count),
  };
  const start = new Float64Array(count);
  const row = new Int32Array(count);
  const roots = items.slice(0, count).flatMap((item, index) => (item.parent < 0 ? [index] : []));
  const stack = placeSiblings(roots, 0, 0).reverse();
  for (let at = 0; stack.length > 0; at += 1) {
    const index = stack.pop() as number;
    boxes.item[at] = index;
    boxes.row[at] = row[index] as number;
    boxes.from[at] = start[index] as number;
    boxes.to[at] = (start[index] as number) + (totals[index] as number);
    const children: number[] = [];
    for (let child = firstChild[index] as number; child !== -1; child = nextSibling[child] as number) children.push(child);
    const placed = placeSiblings(children, start[index] as number, (row[index] as number) + 1);
    for (let nth = placed.length - 1; nth >= 0; nth -= 1) stack.push(placed[nth] as number);
  }
  return toFlameLayout(boxes);

  function placeSiblings(siblings: number[], from: number, inRow: number): number[] {
    const sorted = order === undefined ? siblings : siblings.sort(order);
    let next = from;
    for (const sibling of sorted) {
      start[sibling] = next;
      row[sibling] = inRow;
      next += totals[sibling] as number;
    }
    return sorted;
  }
}
