import { expect, it } from 'vitest';
import type { JsonValue } from '#shared/base/json.ts';
import { capText, capValue } from './cap-value.ts';

it('leaves what fits as it is', () => {
  const value = { a: [1, null, true, 'text'], b: {} };
  expect(capValue(value, 1000)).toEqual({ value, isTruncated: false });
});

it('keeps the shape: texts are marked, arrays end early, members that no longer fit are left out', () => {
  expect(capValue({ rows: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'], late: 1 }, 40)).toEqual({
    value: { rows: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
    isTruncated: true,
  });
});

it('never cuts inside a character', () => {
  for (let cap = 40; cap < 60; cap += 1) {
    const { text } = capText('añ😀'.repeat(40), cap);
    expect(text).not.toContain('\ufffd');
    expect(text.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(cap);
  }
});

it('cuts nesting that would overflow the stack of whoever serialises it', () => {
  let deep: JsonValue = 'bottom';
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  const { value, isTruncated } = capValue(deep, 1_000_000);
  expect(isTruncated).toBe(true);
  expect(JSON.stringify(value)).toContain('nested more than 200 levels deep');
});

it('keeps a member called __proto__ a member', () => {
  const { value } = capValue(JSON.parse('{"__proto__":{"polluted":true}}') as JsonValue, 1000);
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect((value as { polluted?: boolean }).polluted).toBeUndefined();
});

it('does not read a 100 MB text to its end before cutting it', () => {
  const text = 'é'.repeat(50_000_000);
  const before = process.memoryUsage().rss;
  expect(Buffer.byteLength(capText(text, 1024).text)).toBeLessThanOrEqual(1024);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});
