import { orAborted } from './abortable.ts';

/**
 * Limits how many outside calls are at work at once, first come first served.
 * `use` waits for a slot, runs the work and gives the slot back however it ends. It rejects with the signal's reason as soon as that
 * aborts, waiting or at work: a call that does not listen must not keep its slot from others.
 */
export interface CallSlots {
  use<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
}

export function createCallSlots(limit: () => number): CallSlots {
  let busy = 0;
  const queue: (() => void)[] = [];

  /** The limit may have been raised, so that more than one can enter. */
  function admit(): void {
    while (busy < limit() && queue.length > 0) queue.shift()?.();
  }

  function acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        busy += 1;
        resolve();
      };
      const leave = () => {
        queue.splice(queue.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      queue.push(enter);
      signal.addEventListener('abort', leave, { once: true });
      admit();
    });
  }

  return {
    async use(signal, work) {
      await acquire(signal);
      try {
        return await orAborted(signal, work());
      } finally {
        busy -= 1;
        admit();
      }
    },
  };
}
