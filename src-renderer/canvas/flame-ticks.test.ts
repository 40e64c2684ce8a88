import { describe, expect, it } from 'vitest';
import { toFlameTicks } from './flame-ticks.ts';

describe('the marks of a flame', () => {
  it('stand at round values since its beginning, a hundred pixels or more apart', () => {
    expect(toFlameTicks({ from: 1000, to: 2000 }, 900, 500, true)).toEqual({
      step: 200,
      ticks: [
        { value: 200, share: 0.1 },
        { value: 400, share: 0.3 },
        { value: 600, share: 0.5 },
        { value: 800, share: 0.7 },
        { value: 1000, share: 0.9 },
      ],
    });
  });

  it('count long times in seconds, minutes and hours', () => {
    expect(toFlameTicks({ from: 0, to: 600_000 }, 0, 960, true).ticks.map(({ value }) => value / 60_000)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(toFlameTicks({ from: 0, to: 600_000 }, 0, 960, false).ticks[1]?.value).toBe(100_000);
  });

  it('are none where there is no room or nothing to measure', () => {
    expect(
      [toFlameTicks({ from: 0, to: 10 }, 0, 50, true), toFlameTicks({ from: 5, to: 5 }, 0, 500, true)].map(({ ticks }) => ticks),
    ).toEqual([[], []]);
  });
});
