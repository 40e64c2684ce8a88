import { performance } from 'node:perf_hooks';
import type { Clock } from '#shared/base/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule: (delayMs, wake) => {
    let timer: NodeJS.Timeout | undefined;
    const arm = (leftMs: number) => {
      timer = setTimeout(() => (leftMs > longestTimerMs ? arm(leftMs - longestTimerMs) : wake()), Math.min(leftMs, longestTimerMs));
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

/** Node fires a timer longer than 2^31-1 ms at once; longer waits are made of several. */
const longestTimerMs = 2 ** 31 - 1;
