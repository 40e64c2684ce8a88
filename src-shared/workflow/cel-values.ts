import type { JsonValue } from '../base/json.ts';

/** Deeper values than this are refused rather than risk the stack. */
const maxDepth = 500;

/** A value that CEL has but JSON has not, or the other way round; the message completes “it …”. */
export class CelValueError extends Error {}

/** What a conversion has seen so far: texts by their length, everything else by one. Feeds the evaluation budget. */
export interface Weight {
  units: number;
}

/** A JSON value as CEL sees it: whole numbers are ints (bigint), the others doubles. */
export function toCelValue(value: JsonValue, weight: Weight, depth = 0): unknown {
  weight.units += typeof value === 'string' ? value.length : 1;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) throw new CelValueError(`is nested more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) return value.map((item: JsonValue) => toCelValue(item, weight, depth + 1));
  const entries = Object.entries(value).map(([key, item]) => [key, toCelValue(item as JsonValue, weight, depth + 1)] as const);
  // cel-js knows a plain object by its `constructor`, so data that has such a key of its own travels as a Map.
  const isPlain = !Object.hasOwn(value, 'constructor') && !Object.hasOwn(value, '__proto__');
  return isPlain ? Object.fromEntries(entries) : new Map(entries);
}

/** A CEL result as JSON. Refuses what JSON cannot say exactly: bytes, durations, types, infinities, ints beyond 2^53. */
export function fromCelValue(value: unknown, depth = 0): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
        throw new CelValueError(`is the number ${value}, too large to be exact; use string(…)`);
      return Number(value);
    case 'number':
      if (!Number.isFinite(value)) throw new CelValueError(`is ${value}, which is no number JSON can hold`);
      return value;
    case 'object':
      return value === null ? null : fromCelObject(value, depth);
    default:
      throw new CelValueError('is nothing that can be passed on');
  }
}

function fromCelObject(value: object, depth: number): JsonValue {
  if (depth >= maxDepth) throw new CelValueError(`is nested more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) return value.map((item) => fromCelValue(item, depth + 1));
  if (value instanceof Date) return value.toISOString();
  const prototype: unknown = Object.getPrototypeOf(value);
  const entries = value instanceof Map ? [...value] : prototype === Object.prototype || prototype === null ? Object.entries(value) : null;
  if (entries === null) throw new CelValueError('is neither text, number, true/false, list nor object; use string(…)');
  return Object.fromEntries(entries.map(([key, item]) => [String(key), fromCelValue(item, depth + 1)]));
}
