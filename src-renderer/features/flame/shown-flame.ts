import type { FlameLayout } from '#shared/trace/flame-layout.ts';
import { countBegun, endAt, type FlameWeight, type Moment, toOwnWeights } from '#shared/trace/flame-weight.ts';
import type { Span } from '#shared/trace/span.ts';
import { toTimeLayout } from '#shared/trace/time-layout.ts';
import { type FlameGroup, type SeenSpans, toGroups, toLeftHeavyLayout, toOrderedLayout, toTotals } from '#shared/trace/weight-layout.ts';
import type { FlameOrder } from './flame-words.ts';

/** A flame as it is drawn, with what each box stands for. */
export interface ShownFlame {
  readonly layout: FlameLayout;
  /** The span of a box; of a group, its first. */
  readonly spanAt: (box: number) => Span;
  readonly nameAt: (box: number) => string;
  /** How many spans a box stands for. */
  readonly countAt: (box: number) => number;
  /** The box around a box, or -1. */
  readonly parentOf: (box: number) => number;
  /** The box of a frame, or -1 while it is not drawn. */
  readonly boxOfFrame: (frame: string) => number;
}

/** The flame of what is looked at. Put together, it may be of several runs; otherwise it is of the first. */
export function toShownFlame(seen: readonly SeenSpans[], weight: FlameWeight, order: FlameOrder): ShownFlame {
  const [first] = seen;
  if (first === undefined) throw new Error('A flame needs a run');
  if (order === 'together') {
    const groups = toGroups(seen, weight);
    return toFlame(toLeftHeavyLayout(groups), groups.length, {
      spanOf: (item) => (groups[item] as FlameGroup).example,
      nameOf: (item) => (groups[item] as FlameGroup).name,
      countOf: (item) => (groups[item] as FlameGroup).count,
      parentOf: (item) => (groups[item] as FlameGroup).parent,
    });
  }
  const { spans, moment } = first;
  const layout = order === 'clock' ? toTimeLayout(spans, moment) : toOrderedLayout(first, weight);
  return toFlame(layout, spans.length, {
    spanOf: (item) => spans[item] as Span,
    nameOf: (item) => (spans[item] as Span).name,
    countOf: () => 1,
    parentOf: (item) => (spans[item] as Span).parent,
  });
}

interface Items {
  readonly spanOf: (item: number) => Span;
  readonly nameOf: (item: number) => string;
  readonly countOf: (item: number) => number;
  readonly parentOf: (item: number) => number;
}

function toFlame(layout: FlameLayout, items: number, { spanOf, nameOf, countOf, parentOf }: Items): ShownFlame {
  const itemAt = (box: number) => layout.item[box] as number;
  let boxOfItem: Int32Array | undefined;
  const toBoxOfItem = (): Int32Array => {
    if (boxOfItem !== undefined) return boxOfItem;
    boxOfItem = new Int32Array(items).fill(-1);
    for (let box = 0; box < layout.item.length; box += 1) boxOfItem[itemAt(box)] = box;
    return boxOfItem;
  };
  return {
    layout,
    spanAt: (box) => spanOf(itemAt(box)),
    nameAt: (box) => nameOf(itemAt(box)),
    countAt: (box) => countOf(itemAt(box)),
    parentOf: (box) => {
      const parent = parentOf(itemAt(box));
      return parent < 0 ? -1 : (toBoxOfItem()[parent] as number);
    },
    boxOfFrame: (frame) => {
      for (let box = layout.item.length - 1; box >= 0; box -= 1) if (spanOf(itemAt(box)).frame === frame) return box;
      return -1;
    },
  };
}

/** What a span and everything in it used. `costUsd` is null when a call in it has no price. */
export interface SpanUse {
  readonly wallMs: number;
  readonly ownMs: number;
  readonly tokens: number;
  readonly costUsd: number | null;
}

/** Looks up what spans used by then; sums are made at the first look. */
export function createUseLookup({ spans, moment }: SeenSpans): (span: Span) => SpanUse {
  let sums:
    | { readonly own: Float64Array; readonly tokens: Float64Array; readonly cost: Float64Array; readonly unpriced: Float64Array }
    | undefined;
  const sum = () => {
    const count = countBegun(spans, moment);
    const unpriced = Float64Array.from({ length: count }, (_, index) => ((spans[index] as Span).costUsd === null ? 1 : 0));
    const totals = (weight: FlameWeight) => toTotals(spans, toOwnWeights(spans, count, weight, moment));
    return {
      own: toOwnWeights(spans, count, 'wall', moment),
      tokens: totals('tokens'),
      cost: totals('cost'),
      unpriced: toTotals(spans, unpriced),
    };
  };
  return (span) => {
    sums ??= sum();
    return {
      wallMs: endAt(span, moment) - span.startedAtMs,
      ownMs: sums.own[span.index] ?? 0,
      tokens: sums.tokens[span.index] ?? 0,
      costUsd: (sums.unpriced[span.index] ?? 0) > 0 ? null : (sums.cost[span.index] ?? 0),
    };
  };
}

/** Which boxes have this text in their name or model, in any case; null without a text. */
export function findBoxes(flame: ShownFlame, text: string): { readonly found: Uint8Array; readonly count: number } | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  const found = new Uint8Array(flame.layout.item.length);
  const known = new Map<string, boolean>();
  const matches = (name: string | null): boolean => {
    if (name === null) return false;
    const before = known.get(name);
    if (before !== undefined) return before;
    const isMatch = name.toLowerCase().includes(wanted);
    known.set(name, isMatch);
    return isMatch;
  };
  let count = 0;
  for (let box = 0; box < found.length; box += 1) {
    if (!matches(flame.nameAt(box)) && !matches(flame.spanAt(box).model)) continue;
    found[box] = 1;
    count += 1;
  }
  return { found, count };
}

/** When a run is looked at, of which everything up to that event is known. */
export function toMoment(events: readonly { readonly seq: number; readonly atMs: number }[], seq: number, nowMs: number | null): Moment {
  return { seq, atMs: nowMs ?? events[seq - 1]?.atMs ?? 0 };
}
