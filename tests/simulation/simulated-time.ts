import type { Clock } from '#shared/base/clock.ts';
import { createDice } from './dice.ts';

/** All time of a simulation. It stands still between steps; a step wakes one timer and lets everything that follows from it happen. */
export interface SimulatedTime {
  /** A clock of somebody who may die: his timers then never fire. */
  createClock(): MortalClock;
  /** Wakes who is due next and waits until no promise is left to settle. False when nobody waits. */
  step(): Promise<boolean>;
  /** Lets every promise that is ready settle, without waking anybody. */
  settle(): Promise<void>;
  readonly steps: number;
  readonly elapsedMs: number;
}

export interface MortalClock extends Clock {
  kill(): void;
  readonly pendingTimers: number;
}

interface Timer {
  readonly dueMs: number;
  readonly tieBreaker: number;
  readonly wake: () => void;
}

const startMs = 1_780_000_000_000;

/** Who is due at the same moment is woken in an order of chance, so that no code can lean on the order of `schedule`. */
export function createSimulatedTime(seed: number): SimulatedTime {
  const dice = createDice(seed, 'ties');
  const clocks = new Set<Set<Timer>>();
  let elapsedMs = 0;
  let steps = 0;

  function takeEarliest(): Timer | undefined {
    let earliest: Timer | undefined;
    let owner: Set<Timer> | undefined;
    for (const timers of clocks) {
      for (const timer of timers) {
        if (earliest === undefined || isBefore(timer, earliest)) {
          earliest = timer;
          owner = timers;
        }
      }
    }
    if (earliest !== undefined) owner?.delete(earliest);
    return earliest;
  }

  return {
    createClock() {
      const timers = new Set<Timer>();
      let isAlive = true;
      clocks.add(timers);
      return {
        nowMs: () => startMs + elapsedMs,
        monotonicMs: () => elapsedMs,
        schedule(delayMs, wake) {
          if (!isAlive) return () => undefined;
          const timer = { dueMs: elapsedMs + Math.max(0, delayMs), tieBreaker: dice.next(), wake };
          timers.add(timer);
          return () => timers.delete(timer);
        },
        kill() {
          isAlive = false;
          timers.clear();
          clocks.delete(timers);
        },
        get pendingTimers() {
          return timers.size;
        },
      };
    },
    async step() {
      const timer = takeEarliest();
      if (timer === undefined) return false;
      steps += 1;
      elapsedMs = Math.max(elapsedMs, timer.dueMs);
      timer.wake();
      await allReactions();
      return true;
    },
    settle: allReactions,
    get steps() {
      return steps;
    },
    get elapsedMs() {
      return elapsedMs;
    },
  };
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs === b.dueMs ? a.tieBreaker < b.tieBreaker : a.dueMs < b.dueMs;
}

/**
 * `setImmediate` is no time here but a barrier: it comes when every promise reaction, and the journal's own `setImmediate` that was
 * asked for before, has run. Nothing else of the event loop is used, so the order is the same in every run.
 */
function allReactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
