import { expect, test } from 'vitest';
import { align } from './guides.ts';

const other = { x: 0, y: 0, width: 100, height: 60 };
const box = (x: number, y: number) => ({ x, y, width: 100, height: 40 });

test('a box snaps to the nearest edge or middle of another, and a line says so', () => {
  expect(align(box(300, 3), [other], 5)).toEqual({ dx: 0, dy: -3, guides: [{ axis: 'y', at: 0, from: 0, to: 400 }] });
  expect(align(box(300, 12), [other], 5)).toEqual({ dx: 0, dy: -2, guides: [{ axis: 'y', at: 30, from: 0, to: 400 }] });
});

test('both axes snap at once; equal boxes line up at both edges and the middle', () => {
  const { dx, dy, guides } = align({ ...other, x: 2, y: 198 }, [other, { ...other, x: 200, y: 200 }], 5);
  expect([dx, dy]).toEqual([-2, 2]);
  expect(guides.filter(({ axis }) => axis === 'x').map(({ at }) => at)).toEqual([0, 50, 100]);
});

test('what is too far away changes nothing', () => {
  expect(align(box(300, 200), [other], 5)).toEqual({ dx: 0, dy: 0, guides: [] });
});
