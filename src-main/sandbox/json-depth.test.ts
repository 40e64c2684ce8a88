import { expect, it } from 'vitest';
import { jsonTextDepth } from './json-depth.ts';

it.each([
  ['1', 0],
  ['"[[["', 0],
  ['"\\"[[[\\\\"', 0],
  ['[]', 1],
  ['{"a":[{"b":"]}"},[]],"c":[]}', 3],
])('the depth of %s is %i', (text, depth) => {
  expect(jsonTextDepth(text, 100)).toBe(depth);
});

it('a million open brackets are read no further than the limit', () => {
  expect(jsonTextDepth('['.repeat(1_000_000), 100)).toBe(101);
});
