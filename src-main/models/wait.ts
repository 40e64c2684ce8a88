import type { Clock } from '#shared/base/clock.ts';

/** Resolves after `delayMs` by the clock (never, for Infinity), or rejects with the signal's reason as soon as it aborts. */
export function waitFor(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = Number.isFinite(delayMs)
      ? clock.schedule(delayMs, () => {
          signal.removeEventListener('abort', stop);
          resolve();
        })
      : () => undefined;
    signal.addEventListener('abort', stop, { once: true });
  });
}
