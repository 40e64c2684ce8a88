import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../tests/support/random.ts';
import { createWorkerPool } from './worker-pool.ts';

describe('the worker pool', () => {
  it('grows at once when all are busy, up to its maximum', () => {
    const pool = createWorkerPool({ min: 1, max: 3, calmMs: 1000 }, 0);
    expect(pool.size(0)).toBe(1);
    const sizes = [0, 0, 0].map((nowMs) => {
      pool.began(nowMs);
      return pool.size(nowMs);
    });
    expect(sizes).toEqual([1, 2, 3]);
  });

  it('lets one go after every calm period, down to its minimum', () => {
    const pool = createWorkerPool({ min: 1, max: 4, calmMs: 1000 }, 0);
    for (let count = 0; count < 4; count += 1) pool.began(0);
    for (let count = 0; count < 4; count += 1) pool.ended(500);
    expect([1499, 1500, 2499, 2500, 3499, 3500, 4500, 9000].map((nowMs) => pool.size(nowMs))).toEqual([4, 3, 3, 2, 2, 1, 1, 1]);
  });

  it('keeps a worker that was needed in the meantime', () => {
    const pool = createWorkerPool({ min: 1, max: 4, calmMs: 1000 }, 0);
    pool.began(0);
    pool.began(0);
    for (let second = 0; second < 20; second += 1) {
      pool.ended(second * 1000 + 100);
      pool.began(second * 1000 + 900);
      expect(pool.size(second * 1000 + 950)).toBe(2);
    }
  });

  it('never shrinks below those at work', () => {
    const pool = createWorkerPool({ min: 1, max: 4, calmMs: 1000 }, 0);
    for (let count = 0; count < 4; count += 1) pool.began(0);
    pool.ended(0);
    expect(pool.size(100_000)).toBe(3);
  });

  it('takes new bounds at once', () => {
    const pool = createWorkerPool({ min: 1, max: 2, calmMs: 1000 }, 0);
    pool.configure({ min: 5, max: 9, calmMs: 1000 }, 0);
    expect(pool.size(0)).toBe(5);
    pool.configure({ min: 1, max: 3, calmMs: 1000 }, 0);
    expect(pool.size(0)).toBe(3);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('does not flap, and is the same however often it is looked at (seed %i)', (seed) => {
    const random = createRandom(seed);
    const settings = { min: 1 + Math.floor(random() * 3), max: 4 + Math.floor(random() * 8), calmMs: 1000 };
    const [pool, watched] = [createWorkerPool(settings, 0), createWorkerPool(settings, 0)];
    let nowMs = 0;
    let changedAtMs = 0;
    let size = settings.min;
    for (let step = 0; step < 2000; step += 1) {
      const untilMs = nowMs + random() * (random() < 0.1 ? 5000 : 300);
      for (; nowMs < untilMs; nowMs += 20) {
        const next = watched.size(nowMs);
        if (next < size) {
          expect(size - next).toBe(1);
          // Shrinking is rare: never sooner than a calm period after the pool last changed (its look comes up to 20 ms late).
          expect(nowMs - changedAtMs).toBeGreaterThanOrEqual(settings.calmMs - 20);
          changedAtMs = nowMs;
          size = next;
        }
      }
      const acts = random() < 0.5 && pool.busy < settings.max ? 'began' : pool.busy > 0 ? 'ended' : 'size';
      pool[acts](nowMs);
      watched[acts](nowMs);
      if (watched.size(nowMs) > size) changedAtMs = nowMs;
      size = watched.size(nowMs);
      expect(pool.size(nowMs)).toBe(size);
      expect(size).toBeGreaterThanOrEqual(Math.max(settings.min, pool.busy));
      expect(size).toBeLessThanOrEqual(settings.max);
    }
  });
});
