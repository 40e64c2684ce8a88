/**
 * Limits how many outside calls are at work at once, first come first served.
 * `use` waits for a slot (rejecting with the signal's reason when aborted), runs the work and gives the slot back however it ends.
 */
export interface CallSlots {
  use<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
}

export function createCallSlots(limit: () => number): CallSlots {
  let busy = 0;
  const queue: (() => void)[] = [];

  function acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (busy < limit()) {
      busy += 1;
      return Promise.resolve();
    }
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
    });
  }

  return {
    async use(signal, work) {
      await acquire(signal);
      try {
        return await work();
      } finally {
        busy -= 1;
        if (busy < limit()) queue.shift()?.();
      }
    },
  };
}
