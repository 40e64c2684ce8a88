import type { JsonValue } from '../../base/json.ts';

/** A value read from a text, with the offsets at which each part of it stands. */
export type Located = { readonly start: number; readonly end: number } & (
  | { readonly type: 'scalar'; readonly value: string | number | boolean | null }
  | { readonly type: 'list'; readonly items: readonly Located[] }
  | { readonly type: 'record'; readonly members: readonly LocatedMember[] }
);

export interface LocatedMember {
  readonly key: string;
  /** Where the key begins. */
  readonly start: number;
  readonly value: Located;
}

/** A place in a workflow, walked from the document; nodes, hooks, groups and edges are named by their ids. */
export type Place = readonly (string | number)[];

/** Where in a text a place is written, its key included. */
export interface CodeEntry {
  readonly place: Place;
  readonly start: number;
  readonly end: number;
}

/** The value without its places. */
export function toValue(located: Located): JsonValue {
  switch (located.type) {
    case 'scalar':
      return located.value;
    case 'list':
      return located.items.map(toValue);
    default:
      return Object.fromEntries(located.members.map(({ key, value }) => [key, toValue(value)]));
  }
}

/** Every part of the value below `place`, the value itself first, in the order of the text. */
export function listEntries(located: Located, place: Place, start = located.start): CodeEntry[] {
  const own: CodeEntry = { place, start, end: located.end };
  if (located.type === 'scalar') return [own];
  if (located.type === 'list')
    return [own, ...located.items.flatMap((item, index) => listEntries(item, [...place, toItemKey(place, item, index)]))];
  return [own, ...located.members.flatMap((member) => listEntries(member.value, [...place, member.key], member.start))];
}

/** The entry of a place, or of the nearest place around it that is written. */
export function findEntry(entries: readonly CodeEntry[], place: Place): CodeEntry | undefined {
  for (let length = place.length; length >= 0; length -= 1) {
    const found = entries.find((entry) => entry.place.length === length && entry.place.every((key, index) => key === place[index]));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What an item of a list is called: nodes, hooks and groups by their ids, edges by their ends, everything else by its index. */
function toItemKey(list: Place, item: Located, index: number): string | number {
  if (list.length !== 1 || item.type !== 'record') return index;
  const text = (key: string) => {
    const member = item.members.find((candidate) => candidate.key === key)?.value;
    return member?.type === 'scalar' && typeof member.value === 'string' ? member.value : undefined;
  };
  if (list[0] !== 'edges') return text('id') ?? index;
  const [from, to] = [text('from'), text('to')];
  return from === undefined || to === undefined ? index : `${from}->${to}`;
}
