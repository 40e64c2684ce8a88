import { expect, test } from 'vitest';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createTokenBucket } from './rate-limit.ts';

test('a bucket gives its burst at once and then as many as time brings, never more than the burst', async () => {
  const clock = createSimulatedClock();
  const take = createTokenBucket({ burst: 3, perSecond: 2 }, clock);
  const takeAll = () => {
    let count = 0;
    while (take().isTaken) count++;
    return count;
  };
  expect(takeAll()).toBe(3);
  expect(take()).toEqual({ isTaken: false, retryAfterMs: 500 });
  await clock.advance(500);
  expect(takeAll()).toBe(1);
  await clock.advance(60_000);
  expect(takeAll()).toBe(3);
});
