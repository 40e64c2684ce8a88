import { createHash } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';

/** How often one script may bring its process down before it is refused, and for how long that is remembered. */
export const crashesBeforeRefusal = 3;
export const crashWindowMs = 10 * 60_000;

/** Remembers which scripts crashed their process, by the SHA-256 of their source. */
export function createCrashLedger(clock: Clock) {
  const crashedAtMs = new Map<string, number[]>();

  function recent(hash: string): number[] {
    const since = clock.monotonicMs() - crashWindowMs;
    const times = (crashedAtMs.get(hash) ?? []).filter((atMs) => atMs > since);
    if (times.length === 0) crashedAtMs.delete(hash);
    else crashedAtMs.set(hash, times);
    return times;
  }

  return {
    record(hash: string): void {
      crashedAtMs.set(hash, [...recent(hash), clock.monotonicMs()]);
    },
    isRefused(hash: string): boolean {
      return recent(hash).length >= crashesBeforeRefusal;
    },
    counts(): Readonly<Record<string, number>> {
      return Object.fromEntries(
        [...crashedAtMs.keys()].map((hash) => [hash, recent(hash).length] as const).filter(([, count]) => count > 0),
      );
    },
  };
}

/** The name of a script in the ledger. */
export function hashScript(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}
