import { orAborted } from './abortable.ts';

/** Those who wait for something to become true of the run's state, by a key: an approval's id, a wait's frame, a scope's path. */
export interface Waiters {
  /** Resolves when `isOver` holds, which is looked at now and at each wake of this key; rejects with the signal's reason. */
  until(key: string, isOver: () => boolean, signal: AbortSignal): Promise<void>;
  /** Lets whoever waits for this key look again. */
  wake(key: string): void;
}

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>();

  return {
    until(key, isOver, signal) {
      if (isOver()) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (isOver()) resolve();
      };
      const looks = waiting.get(key) ?? new Set();
      waiting.set(key, looks.add(look));
      return orAborted(signal, promise).finally(() => {
        looks.delete(look);
        if (looks.size === 0 && waiting.get(key) === looks) waiting.delete(key);
      });
    },
    wake(key) {
      for (const look of waiting.get(key) ?? []) look();
    },
  };
}
