import type { Clock } from '#shared/base/clock.ts';

/** How many requests a connection may make: `burst` at once, `perSecond` in the long run. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket: takes one, or says in how many milliseconds there will be one again. */
export type TakeToken = () => { readonly isTaken: true } | { readonly isTaken: false; readonly retryAfterMs: number };

/** A full bucket of its own for one connection. */
export function createTokenBucket({ burst, perSecond }: RateLimit, clock: Clock): TakeToken {
  let tokens = burst;
  let filledAtMs = clock.monotonicMs();
  return () => {
    const nowMs = clock.monotonicMs();
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) * perSecond) / 1000);
    filledAtMs = nowMs;
    if (tokens < 1) return { isTaken: false, retryAfterMs: Math.ceil(((1 - tokens) * 1000) / perSecond) };
    tokens--;
    return { isTaken: true };
  };
}
