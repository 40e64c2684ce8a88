/** Waits and endings of the last while, in fixed space. Times are of a monotonic clock, in milliseconds. */
export interface WindowFigures {
  waited(waitMs: number, nowMs: number): void;
  ended(nowMs: number): void;
  /** The wait below which a share (0..1) of those who began lately stayed; null when nobody did. */
  waitQuantileMs(share: number, nowMs: number): number | null;
  perSecond(nowMs: number): number;
}

/** The last so many waits are kept, and none older than the window. */
const sampleCount = 256;
const waitWindowMs = 60_000;
/** Throughput is of so many whole seconds before the present one. */
const throughputSeconds = 10;

export function createWindowFigures(): WindowFigures {
  const waits = new Float64Array(sampleCount);
  const times = new Float64Array(sampleCount).fill(Number.NEGATIVE_INFINITY);
  let nextSample = 0;
  const counts = new Float64Array(throughputSeconds + 1);
  const seconds = new Float64Array(throughputSeconds + 1).fill(-1);

  return {
    waited(waitMs, nowMs) {
      waits[nextSample] = waitMs;
      times[nextSample] = nowMs;
      nextSample = (nextSample + 1) % sampleCount;
    },
    ended(nowMs) {
      const second = Math.floor(nowMs / 1000);
      const slot = second % counts.length;
      if (seconds[slot] !== second) {
        seconds[slot] = second;
        counts[slot] = 0;
      }
      counts[slot] = (counts[slot] as number) + 1;
    },
    waitQuantileMs(share, nowMs) {
      const recent = waits.filter((_, index) => nowMs - (times[index] as number) <= waitWindowMs).sort();
      return recent[Math.ceil(share * recent.length) - 1] ?? null;
    },
    perSecond(nowMs) {
      const second = Math.floor(nowMs / 1000);
      const isWithin = (then: number) => then < second && then >= second - throughputSeconds;
      return counts.reduce((sum, count, slot) => sum + (isWithin(seconds[slot] as number) ? count : 0), 0) / throughputSeconds;
    },
  };
}
