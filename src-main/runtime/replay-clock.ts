import type { Clock } from '#shared/base/clock.ts';

/** A clock that shows the time of the event that is being replayed. Its timers go off when the journal says that something came of them. */
export interface ReplayClock extends Clock {
  /** Time never goes back, whatever the recorder's clock did. */
  showAtLeast(nowMs: number): void;
  /** Sets off the earliest timer that is due by then; false when none is. */
  fireDueBy(atMs: number): boolean;
  clear(): void;
}

export function createReplayClock(startMs: number): ReplayClock {
  let now = startMs;
  let nextOrder = 0;
  const timers = new Map<number, { readonly dueMs: number; readonly wake: () => void }>();

  return {
    nowMs: () => now,
    monotonicMs: () => now,
    schedule(delayMs, wake) {
      const order = nextOrder++;
      timers.set(order, { dueMs: now + Math.max(0, delayMs), wake });
      return () => timers.delete(order);
    },
    showAtLeast(nowMs) {
      now = Math.max(now, nowMs);
    },
    fireDueBy(atMs) {
      let earliest: readonly [number, { readonly dueMs: number; readonly wake: () => void }] | undefined;
      for (const entry of timers) if (earliest === undefined || entry[1].dueMs < earliest[1].dueMs) earliest = entry;
      if (earliest === undefined || earliest[1].dueMs > atMs) return false;
      const [order, { dueMs, wake }] = earliest;
      timers.delete(order);
      now = Math.max(now, dueMs);
      wake();
      return true;
    },
    clear: () => timers.clear(),
  };
}
