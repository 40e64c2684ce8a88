import { expect, test } from 'vitest';
import { toMedianFigures } from './median-figures.ts';

const figures = (...pairs: readonly (readonly [number, number | null])[]) => pairs.map(([ms, costUsd]) => ({ ms, costUsd }));

test('one run that took a night does not decide it', () => {
  expect(toMedianFigures(figures([10, 0.2], [30_000_000, 0.9], [12, 0.3]))).toEqual({ ms: 12, costUsd: 0.3 });
});

test('between two it is the middle, and what has no price in one run has none', () => {
  expect(toMedianFigures(figures([10, 1], [20, 2]))).toEqual({ ms: 15, costUsd: 1.5 });
  expect(toMedianFigures(figures([10, 1], [20, null]))).toEqual({ ms: 15, costUsd: null });
});
