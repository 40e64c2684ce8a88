import { toPlace, toSuffix } from '../run/walk-attempts.ts';
import { type DiffPart, diffWords } from '../run/word-diff.ts';
import type { Segment, SegmentOrigin } from './segments.ts';

/** A segment of two requests laid beside each other. `moved` says the same in another place. */
export type ComparedSegment =
  | { readonly type: 'same' | 'moved'; readonly before: Segment; readonly after: Segment }
  | { readonly type: 'changed'; readonly before: Segment; readonly after: Segment; readonly diff: readonly DiffPart[] }
  | { readonly type: 'added'; readonly before: null; readonly after: Segment }
  | { readonly type: 'removed'; readonly before: Segment; readonly after: null };

/**
 * What the second request has that the first has not, and the other way round: in the order of the second, with what was taken out where it stood.
 * Segments are the same piece when they are of the same kind and come from the same place, in whichever attempt or run.
 */
export function compareSegments(before: readonly Segment[], after: readonly Segment[]): readonly ComparedSegment[] {
  const keysBefore = toKeys(before);
  const keysAfter = toKeys(after);
  const placeBefore = new Map(keysBefore.map((key, index) => [key, index]));
  const partners = keysAfter.map((key) => placeBefore.get(key) ?? -1);
  const stayed = toLongestRise(partners);
  const known = new Set(keysAfter);
  const result: ComparedSegment[] = [];
  let taken = 0;
  const takeRemoved = (until: number) => {
    for (; taken < until; taken += 1) {
      if (!known.has(keysBefore[taken] as string)) result.push({ type: 'removed', before: before[taken] as Segment, after: null });
    }
  };
  after.forEach((segment, index) => {
    const partner = partners[index] as number;
    if (partner === -1) {
      result.push({ type: 'added', before: null, after: segment });
      return;
    }
    const isInPlace = stayed.has(index);
    if (isInPlace) takeRemoved(partner);
    result.push(toCompared(before[partner] as Segment, segment, isInPlace));
  });
  takeRemoved(before.length);
  return result;
}

function toCompared(before: Segment, after: Segment, isInPlace: boolean): ComparedSegment {
  if (before.text !== after.text) return { type: 'changed', before, after, diff: diffWords(before.text, after.text) };
  return { type: isInPlace ? 'same' : 'moved', before, after };
}

/** One name for each segment; equal ones are numbered. */
function toKeys(segments: readonly Segment[]): readonly string[] {
  const seen = new Map<string, number>();
  return segments.map((segment) => {
    const name = `${segment.kind} ${toOriginKey(segment)}`;
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return `${name} ${nth}`;
  });
}

function toOriginKey({ kind, origin, text }: Segment): string {
  // A tool is known by its name, wherever in the list it stands.
  if (kind === 'tool') return (JSON.parse(text) as { readonly name: string }).name;
  return originKeys[origin.type](origin as never);
}

const originKeys: { readonly [Type in SegmentOrigin['type']]: (origin: Extract<SegmentOrigin, { type: Type }>) => string } = {
  field: ({ field }) => field,
  value: ({ field, expression }) => `${field} ${expression}`,
  modelCall: ({ frame }) => `${toPlace(frame)}${toSuffix(frame)}`,
  toolCall: ({ frame }) => `${toPlace(frame)}${toSuffix(frame)}`,
  unknown: () => '',
};

/** The places of a longest rising subsequence, without those that have no partner (-1): what stands in the same order on both sides. */
function toLongestRise(partners: readonly number[]): ReadonlySet<number> {
  const tails: number[] = [];
  const previous = new Int32Array(partners.length).fill(-1);
  partners.forEach((partner, index) => {
    if (partner === -1) return;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((partners[tails[middle] as number] as number) < partner) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : (tails[low - 1] as number);
    tails[low] = index;
  });
  const rise = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at !== -1; at = previous[at] as number) rise.add(at);
  return rise;
}
