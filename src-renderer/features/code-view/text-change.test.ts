import { expect, test } from 'vitest';
import { toTextChange } from './text-change.ts';

test.each([
  ['abc', 'abc', null],
  ['abc', 'abXc', { start: 2, end: 2, text: 'X' }],
  ['aaa', 'aaaa', { start: 3, end: 3, text: 'a' }],
  ['one two three', 'one 2 three', { start: 4, end: 7, text: '2' }],
  ['', 'x', { start: 0, end: 0, text: 'x' }],
  ['x', '', { start: 0, end: 1, text: '' }],
])('%j becomes %j by one short replacement', (before, after, change) => {
  expect(toTextChange(before, after)).toEqual(change);
  if (change !== null) expect(before.slice(0, change.start) + change.text + before.slice(change.end)).toBe(after);
});
