import type { JsonObject, JsonValue } from '#shared/base/json.ts';

/** A value that fits its cap, and whether something had to go for that. */
export interface CappedValue {
  readonly value: JsonValue;
  readonly isTruncated: boolean;
}

/** Deeper values are cut here: whoever serialises the result recurses, and a hostile tool must not end that in a stack overflow. */
const deepestNesting = 200;

/**
 * Cuts a value to about `capBytes` of UTF-8 text, keeping its shape: long texts end in a marker, long arrays end early, members of
 * objects that no longer fit are left out. Never looks at more of the value than what it keeps.
 */
export function capValue(value: JsonValue, capBytes: number): CappedValue {
  const budget: Budget = { leftBytes: capBytes, isTruncated: false };
  const capped = cap(value, budget, 0);
  return { value: capped, isTruncated: budget.isTruncated };
}

/** Cuts a text to at most `capBytes` of UTF-8, marker included, never inside a character. */
export function capText(text: string, capBytes: number): CappedText {
  // A UTF-16 unit is at most 3 bytes of UTF-8: short texts need no counting.
  if (text.length * 3 <= capBytes) return { text, isTruncated: false };
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= capBytes) return { text, isTruncated: false };
  const marker = toMarker(sizeBytes);
  const keptBytes = Math.max(0, capBytes - Buffer.byteLength(marker));
  return { text: cutAtCharacter(text, keptBytes) + marker, isTruncated: true };
}

export interface CappedText {
  readonly text: string;
  readonly isTruncated: boolean;
}

interface Budget {
  leftBytes: number;
  isTruncated: boolean;
}

function cap(value: JsonValue, budget: Budget, depth: number): JsonValue {
  if (typeof value === 'string') return capString(value, budget);
  if (value === null || typeof value !== 'object') {
    budget.leftBytes -= 5;
    return value;
  }
  budget.leftBytes -= 2;
  if (depth >= deepestNesting) {
    budget.isTruncated = true;
    return `[truncated: nested more than ${deepestNesting} levels deep]`;
  }
  return Array.isArray(value) ? capArray(value, budget, depth) : capObject(value as JsonObject, budget, depth);
}

function capString(text: string, budget: Budget): string {
  const capped = capText(text, Math.max(0, budget.leftBytes - 2));
  budget.leftBytes -= Buffer.byteLength(capped.text) + 2;
  if (capped.isTruncated) budget.isTruncated = true;
  return capped.text;
}

function capArray(items: readonly JsonValue[], budget: Budget, depth: number): JsonValue {
  const kept: JsonValue[] = [];
  for (const item of items) {
    if (budget.leftBytes <= 0) {
      budget.isTruncated = true;
      break;
    }
    budget.leftBytes -= 1;
    kept.push(cap(item, budget, depth + 1));
  }
  return kept;
}

function capObject(object: JsonObject, budget: Budget, depth: number): JsonValue {
  const kept: [string, JsonValue][] = [];
  for (const key in object) {
    if (!Object.hasOwn(object, key)) continue;
    budget.leftBytes -= Buffer.byteLength(key) + 4;
    if (budget.leftBytes <= 0) {
      budget.isTruncated = true;
      break;
    }
    kept.push([key, cap(object[key] as JsonValue, budget, depth + 1)]);
  }
  return Object.fromEntries(kept);
}

function toMarker(sizeBytes: number): string {
  return `\n[truncated: ${sizeBytes} bytes in all]`;
}

function cutAtCharacter(text: string, keptBytes: number): string {
  // At most `keptBytes` units can fit, so no more of a huge text is encoded.
  const encoded = Buffer.from(text.slice(0, keptBytes));
  if (encoded.length <= keptBytes) return dropHalfPair(text.slice(0, keptBytes));
  let end = keptBytes;
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.toString('utf8', 0, end);
}

function dropHalfPair(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
