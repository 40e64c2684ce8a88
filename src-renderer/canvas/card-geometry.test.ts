import { describe, expect, test } from 'vitest';
import { gridSize, toBodyHeight, toGrid, toNoteSize, toPortOffsets } from './card-geometry.ts';

describe('the geometry of cards', () => {
  test('one port stands in the middle of the smallest card', () => {
    expect(toPortOffsets(1, toBodyHeight(1, 1))).toEqual([32]);
  });

  test('a card grows with its ports, and every port stays on it', () => {
    const height = toBodyHeight(1, 12);
    const offsets = toPortOffsets(12, height);
    expect(height % gridSize).toBe(0);
    expect(offsets).toHaveLength(12);
    expect(Math.min(...offsets)).toBeGreaterThan(0);
    expect(Math.max(...offsets)).toBeLessThan(height);
  });

  test('a note is as high as its text needs, within limits', () => {
    expect(toNoteSize('').height).toBe(88);
    expect(toNoteSize('# Why\nBecause of this.\n- and that').height).toBe(120);
    expect(toNoteSize('word '.repeat(10_000)).height).toBe(400);
  });

  test('places go to the nearest grid point and are never minus zero', () => {
    expect([toGrid(3), toGrid(4), toGrid(-5), Object.is(toGrid(-1), 0)]).toEqual([0, 8, -8, true]);
  });
});
