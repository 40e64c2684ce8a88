import { expect, test } from 'vitest';
import { readConfig, withConfig, withMoved } from './config-value.ts';

test('values are read and set along dotted keys', () => {
  expect(readConfig({ limits: { wallMs: 5 } }, 'limits.wallMs')).toBe(5);
  expect(readConfig({ limits: [1] }, 'limits.wallMs')).toBe(undefined);
  expect(readConfig({}, 'toString')).toBe(undefined);
  expect(withConfig({ a: 1 }, 'limits.wallMs', 7)).toEqual({ a: 1, limits: { wallMs: 7 } });
});

test('a removed value takes the object with it that held only it', () => {
  expect(withConfig({ a: 1, limits: { wallMs: 7 } }, 'limits.wallMs', undefined)).toEqual({ a: 1 });
  expect(withConfig({ limits: { wallMs: 7, other: 1 } }, 'limits.wallMs', undefined)).toEqual({ limits: { other: 1 } });
});

test('items move within their list only', () => {
  expect(withMoved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(withMoved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
});
