import { expect, it } from 'vitest';
import { formatTick } from './flame-words.ts';

it('marks of an axis never read the same, however close they are', () => {
  expect([3.2, 3.4].map((value) => formatTick(value, 0.2, 'wall'))).toEqual(['3.2 ms', '3.4 ms']);
  expect([5_050, 5_100].map((value) => formatTick(value, 50, 'wall'))).toEqual(['5,050 ms', '5,100 ms']);
  expect([12_500, 13_000].map((value) => formatTick(value, 500, 'busy'))).toEqual(['12,500 ms', '13,000 ms']);
  expect([1_400, 60_000].map((value) => formatTick(value, value === 1_400 ? 200 : 60_000, 'wall'))).toEqual(['1.4 s', '1 min']);
  expect(formatTick(1_000, 1_000, 'tokens')).toBe('1k tok');
});
