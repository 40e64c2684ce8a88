import { describe, expect, it } from 'vitest';
import { createWindowFigures } from './window-figures.ts';

describe('figures of a window', () => {
  it('are nothing when nothing happened', () => {
    const figures = createWindowFigures();
    expect([figures.waitQuantileMs(0.5, 0), figures.perSecond(0)]).toEqual([null, 0]);
  });

  it('say what half and what nearly all waited', () => {
    const figures = createWindowFigures();
    for (let wait = 100; wait >= 1; wait -= 1) figures.waited(wait, 0);
    expect([figures.waitQuantileMs(0.5, 0), figures.waitQuantileMs(0.95, 0)]).toEqual([50, 95]);
  });

  it('forget waits of more than a minute ago, and more than the last 256', () => {
    const figures = createWindowFigures();
    figures.waited(1000, 0);
    expect(figures.waitQuantileMs(1, 60_000)).toBe(1000);
    expect(figures.waitQuantileMs(1, 60_001)).toBe(null);
    for (let count = 0; count < 256; count += 1) figures.waited(5, 100);
    expect(figures.waitQuantileMs(1, 100)).toBe(5);
  });

  it('count how many ended in each of the last ten whole seconds', () => {
    const figures = createWindowFigures();
    for (let nowMs = 0; nowMs < 30_000; nowMs += 100) figures.ended(nowMs);
    expect(figures.perSecond(30_000)).toBe(10);
    expect(figures.perSecond(35_000)).toBe(5);
    expect(figures.perSecond(41_000)).toBe(0);
  });
});
