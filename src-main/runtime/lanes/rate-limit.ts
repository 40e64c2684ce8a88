import type { RateSettings } from '#shared/run/lane-settings.ts';

/** How often something may begin. Times are of a monotonic clock, in milliseconds. */
export interface RateLimit {
  readonly settings: RateSettings;
  /** How long until the next one may begin; 0 when it may now. */
  waitMs(nowMs: number): number;
  /** Counts one that begins now. */
  take(nowMs: number): void;
}

/**
 * Both buckets by one number, the time at which the bucket would be full again (the generic cell rate algorithm): a token bucket lets
 * that run ahead by `burst` tokens, a leaky bucket by one, which spaces beginnings evenly.
 */
export function createRateLimit(settings: RateSettings): RateLimit {
  const spacingMs = 1000 / settings.perSecond;
  const leadMs = (settings.type === 'tokenBucket' ? settings.burst - 1 : 0) * spacingMs;
  let fullAtMs = Number.NEGATIVE_INFINITY;
  return {
    settings,
    waitMs(nowMs) {
      const leftMs = fullAtMs - leadMs - nowMs;
      return leftMs > roundingMs ? leftMs : 0;
    },
    take(nowMs) {
      fullAtMs = Math.max(fullAtMs, nowMs) + spacingMs;
    },
  };
}

/** Sums of fractions of milliseconds are off in the last digits; a token must not wait for those. */
const roundingMs = 1e-6;
