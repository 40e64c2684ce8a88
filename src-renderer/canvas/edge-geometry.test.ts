import { expect, test } from 'vitest';
import { distanceToEdge } from './edge-geometry.ts';

test('a point on the curve is near, a point beside it is as far as it looks', () => {
  const [from, to] = [
    { x: 0, y: 0 },
    { x: 200, y: 100 },
  ];
  expect(distanceToEdge(from, to, { x: 100, y: 50 })).toBeLessThan(1);
  expect(distanceToEdge(from, to, { x: 100, y: 90 })).toBeGreaterThan(25);
  expect(distanceToEdge(from, to, { x: -300, y: 0 })).toBe(300);
});

test('an edge that leads back swings out', () => {
  expect(distanceToEdge({ x: 200, y: 0 }, { x: 0, y: 0 }, { x: 100, y: 0 })).toBeLessThan(30);
});
