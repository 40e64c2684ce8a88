import { expect, test } from 'vitest';
import { findUnsafeJson, findUnsafeQuery, mostNesting } from './json-guard.ts';

test.each([
  ['{"a": 1}'],
  ['{"constructor": 1}'],
  ['{"prototype": {"constructor": "x"}}'],
  ['{"text": "\\"__proto__\\": {}"}'],
  ['["__proto__", "constructor"]'],
  [`"${'['.repeat(1000)}"`],
  [`"\\"${'{'.repeat(1000)}"`],
  [`"\\\\" `],
  ['['.repeat(mostNesting) + ']'.repeat(mostNesting)],
  [`[${'[],'.repeat(1000)}[]]`],
])('%s is let in', (text) => {
  expect(findUnsafeJson(text)).toBeUndefined();
});

test.each([
  ['{"__proto__": {}}'],
  ['[[{"a": {"__proto__": 1}}]]'],
  ['{"\\u005f\\u005fproto__": {}}'],
  ['{"constructor": {"prototype": {}}}'],
  ['{"\\u0063onstructor": {"prototype": 1}}'],
  ['['.repeat(mostNesting + 1) + ']'.repeat(mostNesting + 1)],
  [`{"a":"\\\\",${'"b":{'.repeat(mostNesting + 1)}`],
  ['{"__proto__": '],
])('%s is refused', (text) => {
  expect(findUnsafeJson(text)).toEqual(expect.any(String));
});

test('query keys that would become prototypes are refused', () => {
  expect(findUnsafeQuery(new URLSearchParams('a=__proto__&b[c]=1'))).toBeUndefined();
  for (const query of ['__proto__=1', 'a[__proto__]=1', 'a.constructor.prototype.b=1', `${'a['.repeat(300)}=1`]) {
    expect(findUnsafeQuery(new URLSearchParams(query)), query).toEqual(expect.any(String));
  }
});
