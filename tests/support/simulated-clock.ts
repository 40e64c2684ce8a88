import type { Clock } from '#shared/base/clock.ts';

/** A clock that stands still until it is told to move. */
export interface SimulatedClock extends Clock {
  /** Moves time on, waking in order whoever is due, letting promises settle after each wake. */
  advance(byMs: number): Promise<void>;
  /** Moves time to the next waiting timer and wakes it; false when nobody waits. */
  advanceToNext(): Promise<boolean>;
  /** Resolves once at least this many timers wait: then the code under test has got as far as its wait. */
  waitForTimers(count: number): Promise<void>;
  readonly pendingTimers: number;
}

/** A simulated clock that starts at `startMs` (by default a fixed day in 2026). */
export function createSimulatedClock(startMs = 1_780_000_000_000): SimulatedClock {
  let elapsedMs = 0;
  let nextOrder = 0;
  const timers = new Set<{ readonly dueMs: number; readonly order: number; readonly wake: () => void }>();
  const watchers = new Set<() => void>();

  const earliest = () => [...timers].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  const advanceTo = async (targetMs: number) => {
    for (let timer = earliest(); timer !== undefined && timer.dueMs <= targetMs; timer = earliest()) {
      timers.delete(timer);
      elapsedMs = Math.max(elapsedMs, timer.dueMs);
      timer.wake();
      await settle();
    }
    elapsedMs = targetMs;
    await settle();
  };

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    schedule: (delayMs, wake) => {
      const timer = { dueMs: elapsedMs + Math.max(0, delayMs), order: nextOrder++, wake };
      timers.add(timer);
      for (const watcher of watchers) watcher();
      return () => timers.delete(timer);
    },
    advance: (byMs) => advanceTo(elapsedMs + byMs),
    advanceToNext: async () => {
      const timer = earliest();
      if (timer === undefined) return false;
      await advanceTo(timer.dueMs);
      return true;
    },
    waitForTimers: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (timers.size < count) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
      }),
    get pendingTimers() {
      return timers.size;
    },
  };
}

/** Lets everything that is ready run: promises first, then one round of the event loop. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
