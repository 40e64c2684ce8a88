import { expect, test } from 'vitest';
import { sortProblems } from './sort-problems.ts';

test('errors come before warnings, each in the order of the document', () => {
  const problem = (code: string, severity: 'error' | 'warning') => ({ code, severity, node: null, port: null, message: code });
  const sorted = sortProblems([problem('a', 'warning'), problem('b', 'error'), problem('c', 'warning'), problem('d', 'error')]);
  expect(sorted.map((entry) => entry.code)).toEqual(['b', 'd', 'a', 'c']);
});
