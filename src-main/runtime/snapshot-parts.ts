import { hash } from 'node:crypto';
import type { JsonValue } from '#shared/base/json.ts';
import { createLateMembers, isContainer, type JsonContainer, setMember } from './late-members.ts';

/** A piece of a value under the SHA-256 of the text that it is stored as. */
export interface Part {
  readonly hash: string;
  readonly text: string;
}

/** Gives the bytes of a part; undefined when there are none. */
export type ReadPart = (hash: string) => Buffer | undefined;

/**
 * Takes JSON values apart into parts and puts them together again. What a value has in common, by identity, with one that went through before
 * costs nothing: the fold of a run shares all that an event does not touch, and so do snapshots of it.
 */
export interface PartCodec {
  /** Hands out each part that was not handed out before, those that it refers to first; returns the hash of the whole. */
  takeApart(value: JsonValue, put: (part: Part) => void): string;
  /** The same with stops between, so that a large value need not hold up the event loop. */
  takeApartInSteps(value: JsonValue, put: (part: Part) => void): Generator<void, string, void>;
  /**
   * The value; undefined when its first part is missing or is not what its hash says. What is large in it is read and checked when it is first
   * looked at; if it cannot be read then, it is taken from `recover`, which must give the same value by other means.
   */
  putTogether(hash: string, read: ReadPart, recover: () => JsonValue): JsonValue | undefined;
}

/** Texts from here on become parts of their own: about a page of the disk. */
const partLength = 4096;
/** Members of a long list or record that share a part: when one changes the others of its group are stored again. */
const groupSize = 32;
/** Numbers and texts are grouped more coarsely. */
const plainGroupSize = 1024;
/** Members of the records of a long list are set apart from this length on. */
const cutLength = 256;

/**
 * What a part's text is the JSON of. `v` is a value with holes: at the paths of `h` stand other parts; at those of `s` stand stretches of the
 * text `c`, which holds what is large in the members of a list. `l` and `r` are a list and a record whose members stand in those parts.
 * So no value needs escaping, and each is parsed natively.
 */
interface PartBody {
  readonly v?: JsonValue;
  readonly h?: readonly (readonly [path: Path, hash: string])[];
  readonly c?: string;
  readonly s?: readonly (readonly [path: Path, start: number, length: number])[];
  readonly l?: readonly string[];
  readonly r?: readonly string[];
}

type Path = readonly (string | number)[];

/** A value on its way into a part: its text, and what is missing from it. */
interface Piece {
  readonly text: string;
  readonly holes: readonly { readonly path: Path; readonly hash: string }[];
  readonly cuts: readonly { readonly path: Path; readonly text: string }[];
}

/** Remembers what went through it for as long as those values live. */
export function createPartCodec(): PartCodec {
  /** Containers that are parts. */
  const known = new WeakMap<object, string>();
  /** Groups of long lists, by their first container. */
  const knownGroups = new WeakMap<object, { readonly members: readonly JsonValue[]; readonly hash: string }>();
  const late = createLateMembers();
  let emit: (part: Part) => void = () => undefined;

  function toPiece(value: JsonValue): Piece {
    if (!isContainer(value)) return toWhole(JSON.stringify(value));
    const hashOfKnown = known.get(value);
    if (hashOfKnown !== undefined) return toHole(hashOfKnown);
    const stored = Array.isArray(value) ? storeLongList(value) : storeLongRecord(value);
    const piece = stored ?? (Array.isArray(value) ? toListPiece(value) : toRecordPiece(value, Object.keys(value)));
    if (typeof piece !== 'string' && piece.text.length < partLength) return piece;
    const partHash = typeof piece === 'string' ? piece : store(piece);
    known.set(value, partHash);
    return toHole(partHash);
  }

  function storeLongList(list: readonly JsonValue[]): string | undefined {
    const size = groupSizeOf(list);
    return list.length <= size ? undefined : storeReferences(toGroups(list, size).map(storeListGroup), 'l');
  }

  function storeLongRecord(record: JsonContainer): string | undefined {
    const keys = Object.keys(record);
    if (keys.length <= groupSize) return undefined;
    const groups = toGroups(keys, groupSize);
    return storeReferences(
      groups.map((group) => store(toRecordPiece(record, group))),
      'r',
    );
  }

  function storeListGroup(members: readonly JsonValue[]): string {
    const before = findKnownGroup(members);
    if (before !== undefined) return before;
    const stored = store(joinPieces('[', members, members.map(toCutPiece), ']'));
    rememberGroup(members, stored);
    return stored;
  }

  function findKnownGroup(members: readonly JsonValue[]): string | undefined {
    const first = members.find(isContainer);
    const before = first === undefined ? undefined : knownGroups.get(first);
    return before !== undefined && isSameList(before.members, members) ? before.hash : undefined;
  }

  function rememberGroup(members: readonly JsonValue[], stored: string): void {
    const first = members.find(isContainer);
    if (first !== undefined) knownGroups.set(first, { members, hash: stored });
  }

  /** A member of a long list: nobody looks at all of them closely, so what is large in it is set apart within the same part. */
  function toCutPiece(value: JsonValue): Piece {
    if (!isContainer(value) || Array.isArray(value) || known.has(value) || Object.keys(value).length > groupSize) return toPiece(value);
    const keys = Object.keys(value);
    const pieces = keys.map((key) => toMemberPiece(value, key));
    return joinPieces(
      '{',
      keys,
      pieces.map((piece) =>
        piece.text.length < cutLength || piece.holes.length > 0
          ? piece
          : { text: 'null', holes: [], cuts: [{ path: [], text: piece.text }] },
      ),
      '}',
    );
  }

  function toListPiece(list: readonly JsonValue[]): Piece {
    return joinPieces('[', list, list.map(toPiece), ']');
  }

  function toRecordPiece(record: JsonContainer, keys: readonly string[]): Piece {
    const present = keys.filter((key) => late.isLate(record, key) || memberOf(record, key) !== undefined);
    return joinPieces(
      '{',
      present,
      present.map((key) => toMemberPiece(record, key)),
      '}',
    );
  }

  /** What has not been looked at since it was read is stored already. */
  function toMemberPiece(record: JsonContainer, key: string): Piece {
    const source = late.sourceOf(record, key);
    if (source === undefined) return toPiece(memberOf(record, key) ?? null);
    return source.hash === undefined ? toWhole(source.toText()) : toHole(source.hash);
  }

  function store({ text, holes, cuts }: Piece): string {
    const [only] = holes;
    // The value is a part itself.
    if (only !== undefined && only.path.length === 0) return only.hash;
    let body = `{"v":${text}`;
    if (holes.length > 0) body += `,"h":${JSON.stringify(holes.map(({ path, hash: partHash }) => [path, partHash]))}`;
    if (cuts.length > 0) {
      let start = 0;
      const places = cuts.map(({ path, text: cut }) => {
        start += cut.length;
        return [path, start - cut.length, cut.length];
      });
      body += `,"c":"${put(cuts.map((cut) => cut.text).join(''))}","s":${JSON.stringify(places)}`;
    }
    return put(`${body}}`);
  }

  function storeReferences(hashes: readonly string[], form: 'l' | 'r'): string {
    let level = hashes;
    while (level.length > groupSize) level = toGroups(level, groupSize).map((group) => put(JSON.stringify({ [form]: group })));
    return put(JSON.stringify({ [form]: level }));
  }

  function put(text: string): string {
    const part = { hash: hash('sha256', text), text };
    emit(part);
    return part.hash;
  }

  /** Stores the groups of long lists one by one, the deepest first; what remains is little. */
  function* storeLists(value: JsonValue): Generator<void, void, void> {
    if (!isContainer(value) || known.has(value)) return;
    const size = Array.isArray(value) ? groupSizeOf(value) : 0;
    if (!Array.isArray(value) || value.length <= size) {
      for (const key of Object.keys(value)) if (!late.isLate(value, key)) yield* storeLists(memberOf(value, key) ?? null);
      return;
    }
    for (const members of toGroups(value, size)) {
      if (findKnownGroup(members) !== undefined) continue;
      for (const member of members) yield* storeLists(member);
      storeListGroup(members);
      yield;
    }
  }

  function* takeApartInSteps(value: JsonValue, putPart: (part: Part) => void): Generator<void, string, void> {
    emit = putPart;
    for (const _ of storeLists(value)) {
      yield;
      emit = putPart;
    }
    return store(toPiece(value));
  }

  function toValue(wanted: string, at: Path, source: Source): JsonValue {
    const body = readBody(wanted, source);
    const value = body.l ? toMembers(body.l, at, source, []) : body.r ? toRecord(body.r, at, source) : toFilled(body, at, 0, source);
    if (isContainer(value)) known.set(value, wanted);
    return value;
  }

  /** `at` is where the value stands in the whole; a group of a list begins at the member `offset` of it. */
  function toFilled({ v = null, h = [], c = '', s = [] }: PartBody, at: Path, offset: number, source: Source): JsonValue {
    const placeOf = ([first = 0, ...rest]: Path): Path => [...at, typeof first === 'number' ? first + offset : first, ...rest];
    for (const [path, partHash] of h) {
      const make = (): JsonValue => toValue(partHash, placeOf(path), source);
      late.fill(v, path, { hash: partHash, toValue: () => orRecovered(make, () => placeOf(path), source) });
    }
    if (s.length > 0) {
      const cuts = new Cuts(() => readText(c, source), placeOf, source);
      for (const [path, start, length] of s) late.fill(v, path, new Cut(cuts, path, start, length));
    }
    return v;
  }

  function toMembers(groups: readonly string[], at: Path, source: Source, members: JsonValue[]): JsonValue[] {
    for (const group of groups) {
      const body = readBody(group, source);
      if (body.l) {
        toMembers(body.l, at, source, members);
        continue;
      }
      const ofGroup = toFilled(body, at, members.length, source) as readonly JsonValue[];
      rememberGroup(ofGroup, group);
      for (const member of ofGroup) members.push(member);
    }
    return members;
  }

  function toRecord(groups: readonly string[], at: Path, source: Source): JsonContainer {
    const record: JsonContainer = {};
    for (const group of groups) {
      const body = readBody(group, source);
      const members = body.r ? toRecord(body.r, at, source) : (toFilled(body, at, 0, source) as JsonContainer);
      for (const key of Object.keys(members)) setMember(record, key, memberOf(members, key) ?? null);
    }
    return record;
  }

  return {
    takeApart(value, putPart) {
      emit = putPart;
      return store(toPiece(value));
    },
    takeApartInSteps,
    putTogether(root, read, recover) {
      try {
        return toValue(root, [], { read, recover });
      } catch (error) {
        if (error instanceof Unreadable) return undefined;
        throw error;
      }
    },
  };
}

/** Where the parts of one value come from, and the value itself if they do not. */
interface Source {
  readonly read: ReadPart;
  readonly recover: () => JsonValue;
}

class Unreadable extends Error {}

/** The text that the cuts of one group stand in, read with the first that is looked at. */
class Cuts {
  readonly placeOf: (path: Path) => Path;
  readonly source: Source;
  readonly #read: () => string;
  #text: string | undefined;

  constructor(read: () => string, placeOf: (path: Path) => Path, source: Source) {
    this.#read = read;
    this.placeOf = placeOf;
    this.source = source;
  }

  text(): string {
    this.#text ??= this.#read();
    return this.#text;
  }
}

/** A class, since there may be one for every node of a large run. */
class Cut {
  readonly #cuts: Cuts;
  readonly #path: Path;
  readonly #start: number;
  readonly #length: number;

  constructor(cuts: Cuts, path: Path, start: number, length: number) {
    this.#cuts = cuts;
    this.#path = path;
    this.#start = start;
    this.#length = length;
  }

  toText(): string {
    const cut = (): string => this.#cuts.text().slice(this.#start, this.#start + this.#length);
    return String(orRecovered(cut, () => this.#cuts.placeOf(this.#path), this.#cuts.source, JSON.stringify));
  }

  toValue(): JsonValue {
    return JSON.parse(this.toText()) as JsonValue;
  }
}

function readText(wanted: string, { read }: Source): string {
  const bytes = read(wanted);
  if (bytes === undefined || hash('sha256', bytes) !== wanted) throw new Unreadable();
  return bytes.toString('utf8');
}

function readBody(wanted: string, source: Source): PartBody {
  return JSON.parse(readText(wanted, source)) as PartBody;
}

function orRecovered<Made>(make: () => Made, place: () => Path, { recover }: Source, convert = (value: JsonValue): unknown => value): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return convert(
      place().reduce<JsonValue>((value, key) => memberOf(value as JsonContainer, String(key)) as JsonValue, recover()),
    ) as Made;
  }
}

const nothing: readonly never[] = [];

function toWhole(text: string): Piece {
  return { text, holes: nothing, cuts: nothing };
}

function toHole(partHash: string): Piece {
  return { text: 'null', holes: [{ path: [], hash: partHash }], cuts: nothing };
}

/** `members` are the keys of a record, or the members of a list, whose places are their keys. */
function joinPieces(open: '[' | '{', members: readonly unknown[], pieces: readonly Piece[], close: ']' | '}'): Piece {
  let text: string = open;
  const holes: { path: Path; hash: string }[] = [];
  const cuts: { path: Path; text: string }[] = [];
  pieces.forEach((piece, index) => {
    const key = open === '[' ? index : String(members[index]);
    text += `${index === 0 ? '' : ','}${open === '[' ? '' : `${JSON.stringify(key)}:`}${piece.text}`;
    for (const hole of piece.holes) holes.push({ path: [key, ...hole.path], hash: hole.hash });
    for (const cut of piece.cuts) cuts.push({ path: [key, ...cut.path], text: cut.text });
  });
  return { text: text + close, holes, cuts };
}

function toGroups<Member>(members: readonly Member[], size: number): (readonly Member[])[] {
  return Array.from({ length: Math.ceil(members.length / size) }, (_, index) => members.slice(index * size, (index + 1) * size));
}

function groupSizeOf(members: readonly JsonValue[]): number {
  return members.some(isContainer) ? groupSize : plainGroupSize;
}

function isSameList(before: readonly JsonValue[], now: readonly JsonValue[]): boolean {
  return before.length === now.length && before.every((member, index) => member === now[index]);
}

function memberOf(container: JsonContainer | readonly JsonValue[], key: string): JsonValue | undefined {
  return (container as JsonContainer)[key];
}
