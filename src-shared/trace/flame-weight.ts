import { assertNever } from '../base/assert-never.ts';
import { isWait, type Span } from './span.ts';

/** What a flame's widths stand for: time from start to end, time in which something was done, tokens, or US dollars. */
export type FlameWeight = 'wall' | 'busy' | 'tokens' | 'cost';

/** A moment of a run: everything up to this event, seen at this time. */
export interface Moment {
  readonly seq: number;
  readonly atMs: number;
}

/** How many spans had begun at a moment: they are the first of the list. */
export function countBegun(spans: readonly Span[], { seq }: Moment): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as Span).startedSeq <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** When a span ended, as it was known at a moment; what went on then, reached to it. */
export function endAt(span: Span, { seq, atMs }: Moment): number {
  return span.endedAtMs !== null && span.endedSeq !== null && span.endedSeq <= seq ? span.endedAtMs : Math.max(atMs, span.startedAtMs);
}

/** What each of the first `count` spans used itself, without what is inside it; the sum of a span and all below it is its whole. */
export function toOwnWeights(spans: readonly Span[], count: number, weight: FlameWeight, moment: Moment): Float64Array {
  const own = new Float64Array(count);
  switch (weight) {
    case 'tokens':
    case 'cost':
      for (let index = 0; index < count; index += 1) {
        const span = spans[index] as Span;
        if (span.endedSeq === null || span.endedSeq > moment.seq) continue;
        own[index] = weight === 'tokens' ? span.tokens : (span.costUsd ?? 0);
      }
      return own;
    case 'wall':
    case 'busy':
      return toOwnTimes(spans, count, moment, weight === 'busy');
    default:
      return assertNever(weight);
  }
}

/** Time of a span that none of its children covers. Children begin in the order of the list, so one sweep finds what they cover. */
function toOwnTimes(spans: readonly Span[], count: number, moment: Moment, isBusy: boolean): Float64Array {
  const own = new Float64Array(count);
  const coveredUntil = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const span = spans[index] as Span;
    const end = endAt(span, moment);
    own[index] = (own[index] ?? 0) + (end - span.startedAtMs);
    coveredUntil[index] = span.startedAtMs;
    if (span.parent < 0) continue;
    const from = Math.max(coveredUntil[span.parent] ?? 0, span.startedAtMs);
    if (end <= from) continue;
    own[span.parent] = (own[span.parent] ?? 0) - (end - from);
    coveredUntil[span.parent] = end;
  }
  if (isBusy) for (let index = 0; index < count; index += 1) if (!isBusySpan(spans[index] as Span)) own[index] = 0;
  return own;
}

/** A run, scope or undoing only holds others together; what it does between them is waiting for them. */
function isBusySpan(span: Span): boolean {
  return !isWait(span) && span.kind !== 'run' && span.kind !== 'scope' && span.kind !== 'saga';
}
