import { expect, it } from 'vitest';
import { toSparklinePoints } from './draw-sparkline.ts';

const size = { width: 100, height: 22, capacity: 11, least: 4 };

it('puts the newest value at the right edge and the highest at the top', () => {
  expect(toSparklinePoints([0, 10, 5], size)).toEqual([
    { x: 80, y: 21 },
    { x: 90, y: 1 },
    { x: 100, y: 11 },
  ]);
});

it('does not make a mountain of one who waits', () => {
  expect(toSparklinePoints([1], size)).toEqual([{ x: 100, y: 16 }]);
});
