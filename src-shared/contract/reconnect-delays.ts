/** How long to wait before the next try to connect. */
export interface ReconnectDelays {
  next(): number;
  /** After a success the next failure begins anew. */
  reset(): void;
}

/** Doubles from 100 ms to 10 s; half of each delay is chance, so that many clients of a restarted host do not come at once. `random` gives 0 to 1. */
export function createReconnectDelays(random: () => number): ReconnectDelays {
  let failures = 0;
  return {
    next: () => {
      const ceiling = Math.min(longestMs, firstMs * 2 ** failures);
      failures++;
      return ceiling / 2 + (ceiling / 2) * random();
    },
    reset: () => {
      failures = 0;
    },
  };
}

const firstMs = 100;
const longestMs = 10_000;
