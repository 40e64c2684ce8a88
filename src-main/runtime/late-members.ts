import type { JsonValue } from '#shared/base/json.ts';

/** A list or record of JSON while it is being built. */
export type JsonContainer = { [key: string]: JsonValue };

/** Where a member that nobody has looked at yet comes from: a part by its hash, or a text. */
export type LateSource = { readonly toValue: () => JsonValue } & (
  | { readonly hash: string; readonly toText?: never }
  | { readonly toText: () => string; readonly hash?: never }
);

/**
 * Members of records that become values when they are first looked at. To everybody else they are ordinary members:
 * they are listed, copied by a spread, compared and put into JSON, which all look at them.
 */
export interface LateMembers {
  /** Puts a member where a path leads to; what stands in a list is made at once, because lists are copied whole. */
  fill(value: JsonValue, path: readonly (string | number)[], source: LateSource): void;
  isLate(record: object, key: string): boolean;
  sourceOf(record: object, key: string): LateSource | undefined;
}

/** Knows the late members that were filled in through it. */
export function createLateMembers(): LateMembers {
  const owner = {};
  /** One getter for each name, so that records with the same late members keep one shape. */
  const getters = new Map<string, () => JsonValue>();

  function getterOf(key: string): () => JsonValue {
    const known = getters.get(key);
    if (known !== undefined) return known;
    const getter = function (this: LateRecord): JsonValue {
      // Whoever has the getter has what it gets: both are put on a record together.
      const value = (find(this, key) as LateMember).source.toValue();
      setMember(this, key, value);
      return value;
    };
    getters.set(key, getter);
    return getter;
  }

  /** Undefined also when it has been looked at since: then it is an ordinary member. */
  function find(record: LateRecord, key: string): LateMember | undefined {
    let member = record[lateMembers];
    while (member !== undefined && member.key !== key) member = member.next;
    return member;
  }

  function sourceOf(record: object, key: string): LateSource | undefined {
    const member = find(record as LateRecord, key);
    if (member === undefined || member.owner !== owner) return undefined;
    return Object.getOwnPropertyDescriptor(record, key)?.get === undefined ? undefined : member.source;
  }

  return {
    fill(value, path, source) {
      let place = value as JsonContainer;
      for (const step of path.slice(0, -1)) place = place[step] as JsonContainer;
      const key = String(path.at(-1));
      if (Array.isArray(place)) {
        setMember(place, key, source.toValue());
        return;
      }
      const member: LateMember = { key, source, owner, next: (place as LateRecord)[lateMembers] };
      Object.defineProperty(place, lateMembers, { value: member, configurable: true });
      Object.defineProperty(place, key, { get: getterOf(key), enumerable: true, configurable: true });
    },
    isLate: (record, key) => sourceOf(record, key) !== undefined,
    sourceOf,
  };
}

/** On the record itself, out of sight of spreads and JSON: a map beside thousands of records would cost more than their late members save. */
const lateMembers = Symbol('late members');

interface LateMember {
  readonly key: string;
  readonly source: LateSource;
  readonly owner: object;
  readonly next: LateMember | undefined;
}

interface LateRecord {
  readonly [lateMembers]?: LateMember;
}

/** Whether a value has members. */
export function isContainer(value: JsonValue | undefined): value is JsonContainer | JsonValue[] {
  return value !== null && typeof value === 'object';
}

/** Defines rather than assigns: `__proto__` would change what the record inherits, and a late member has only a getter. */
export function setMember(record: object, key: string, value: JsonValue): void {
  Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}
