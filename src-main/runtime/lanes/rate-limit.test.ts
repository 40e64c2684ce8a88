import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

/** When each of `count` may begin if they all come at `atMs`. */
function begins(limit: ReturnType<typeof createRateLimit>, atMs: number, count: number): number[] {
  let nowMs = atMs;
  return Array.from({ length: count }, () => {
    nowMs += limit.waitMs(nowMs);
    limit.take(nowMs);
    return nowMs;
  });
}

describe('a rate limit', () => {
  it('lets a burst of tokens in at once and then as many as drip in', () => {
    const limit = createRateLimit({ type: 'tokenBucket', perSecond: 2, burst: 3 });
    expect(begins(limit, 1000, 6)).toEqual([1000, 1000, 1000, 1500, 2000, 2500]);
  });

  it('saves up no more than the burst however long nobody comes', () => {
    const limit = createRateLimit({ type: 'tokenBucket', perSecond: 2, burst: 3 });
    begins(limit, 0, 3);
    expect(begins(limit, 60_000, 5)).toEqual([60_000, 60_000, 60_000, 60_500, 61_000]);
  });

  it('refills in part', () => {
    const limit = createRateLimit({ type: 'tokenBucket', perSecond: 2, burst: 3 });
    begins(limit, 0, 3);
    expect(begins(limit, 1000, 3)).toEqual([1000, 1000, 1500]);
  });

  it('spaces the drops of a leaky bucket evenly', () => {
    const limit = createRateLimit({ type: 'leakyBucket', perSecond: 4, depth: 10 });
    expect(begins(limit, 0, 4)).toEqual([0, 250, 500, 750]);
    expect(begins(limit, 10_000, 2)).toEqual([10_000, 10_250]);
  });

  it('does not wait for a rounding error', () => {
    const limit = createRateLimit({ type: 'leakyBucket', perSecond: 3, depth: 10 });
    for (let index = 0; index < 300; index += 1) limit.take(0);
    expect(limit.waitMs(100_000)).toBe(0);
    expect(limit.waitMs(99_999)).toBeCloseTo(1, 6);
  });
});
