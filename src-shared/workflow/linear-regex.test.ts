import { describe, expect, test } from 'vitest';
import { findPattern, matchesPattern, PatternError } from './linear-regex.ts';

const matches = (pattern: string, text: string) => matchesPattern(pattern, text, () => undefined);

describe('it finds what JavaScript finds', () => {
  const patterns = [
    'a',
    'abc',
    '^abc$',
    'a|b|cd',
    '(a|b)*c',
    'a+b?',
    'a{2,3}',
    'a{2}',
    'a{2,}b',
    '[abc]+',
    '[^abc]',
    '[a-c]x',
    '\\d+',
    '\\w+@\\w+',
    '^\\s*$',
    '.',
    'a.c',
    '\\bcat\\b',
    '(?:ab)+',
    '(ab|a)(bc|c)$',
    '[\\d-]+',
    '[-a]',
    '[a\\]]',
    '\\.',
    '\\u0041',
    '\\x41',
    'a*?b',
    '(a*)*b',
    '(a|)+c',
    '\\Bat',
    '^',
    '$',
    '[.*]',
    '\\/x',
    'x{,2}',
    '()',
  ];
  const texts = [
    '',
    'a',
    'b',
    'abc',
    'xabcx',
    'aab',
    'aaab',
    'cat',
    'concat',
    'a cat.',
    'user@host',
    '12-34',
    '   ',
    'a\nc',
    'a.c',
    ']',
    '-',
    'A',
    'ab abab',
    'c',
    'cd',
    '/x',
    'x{,2}',
    '*',
  ];
  test.each(patterns)('%s', (pattern) => {
    for (const text of texts) expect(matches(pattern, text), JSON.stringify(text)).toBe(new RegExp(pattern).test(text));
  });
});

test('flags in a group hold to its end', () => {
  expect(matches('(?i)ABC', 'xabc')).toBe(true);
  expect(matches('(?i:a)b', 'Ab')).toBe(true);
  expect(matches('(?i:a)b', 'AB')).toBe(false);
  expect(matches('(?m)^b$', 'a\nb\nc')).toBe(true);
  expect(matches('(?s)a.b', 'a\nb')).toBe(true);
  expect(matches('(?i)[^a]', 'A')).toBe(false);
  expect(matches('(?P<year>\\d{4})', 'in 2024')).toBe(true);
});

test('random small patterns agree with JavaScript on random texts', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  const pick = (items: readonly string[]) => items[random(items.length)] as string;
  const build = (depth: number): string => {
    const choice = depth === 0 ? random(3) : random(8);
    if (choice < 2) return pick(['a', 'b', 'c']);
    if (choice === 2) return pick(['[ab]', '[^a]', '.', '^', '$', '\\b']);
    if (choice < 5) return build(depth - 1) + build(depth - 1);
    if (choice === 5) return `(?:${build(depth - 1)}|${build(depth - 1)})`;
    return `(?:${build(depth - 1)})${pick(['*', '+', '?', '{2}', '{1,3}', '{2,}'])}`;
  };
  for (let round = 0; round < 3_000; round += 1) {
    const pattern = build(4);
    const text = Array.from({ length: random(8) }, () => pick(['a', 'b', 'c', ' '])).join('');
    expect(matches(pattern, text), `${pattern} on ${JSON.stringify(text)}`).toBe(new RegExp(pattern).test(text));
  }
});

test('patterns that take JavaScript exponential time cost their length', () => {
  let spent = 0;
  const spend = (units: number) => {
    spent += units;
  };
  const text = `${'a'.repeat(20_000)}!`;
  for (const pattern of ['(a+)+$', '(a|aa)+$', '(a*)*b', 'a*a*a*a*a*b', '(.*,){12}P']) {
    expect(matchesPattern(pattern, text, spend), pattern).toBe(false);
  }
  expect(spent).toBeLessThan(200_000);
});

test.each([
  '(',
  ')',
  '[a',
  'a**b|*',
  '*a',
  'a{3,2}',
  'a{1001}',
  '((a{500}){500}){2}',
  '(?=a)',
  '(?<!a)',
  '(a)\\1',
  '\\',
  '[b-a]',
  '\\p{L}',
  '('.repeat(200),
])('%s is refused', (pattern) => {
  if (pattern === 'a**b|*') expect(() => matches(pattern, 'a')).toThrow(/nothing to repeat/);
  else expect(() => matches(pattern, 'a')).toThrow(PatternError);
});

test('the places of a pattern are the earliest and longest, one behind the other, as JavaScript finds them where that is greedy', () => {
  const cases: readonly [string, string][] = [
    ['a+', 'baaacaa'],
    ['\\bcat\\b', 'cat concat cat. cat'],
    ['x*', 'axxb'],
    ['^a', 'aaa'],
    ['(?i)WORLD', 'world World'],
    ['[0-9]{2,3}', '1234567'],
    ['b$', 'abb'],
  ];
  for (const [pattern, text] of cases) {
    const flags = pattern.startsWith('(?i)') ? 'gi' : 'g';
    const expected = [...text.matchAll(new RegExp(pattern.replace('(?i)', ''), flags))]
      .map((match) => ({ start: match.index, end: match.index + match[0].length }))
      .filter(({ start, end }) => end > start);
    expect(findPattern(pattern, text, 100), `${pattern} in ${text}`).toEqual(expected);
  }
  expect(findPattern('a|ab|abc', 'xabcab', 100)).toEqual([
    { start: 1, end: 4 },
    { start: 4, end: 6 },
  ]);
  expect(findPattern('abcd|b', 'abcx', 100)).toEqual([{ start: 1, end: 2 }]);
  expect(findPattern('a', 'aaaa', 2)).toHaveLength(2);
});
