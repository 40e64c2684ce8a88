import { toCancelled } from '../deadline.ts';

/** A start that everyone who comes meanwhile waits for. */
export interface SharedStart<Started> {
  /** Who stops waiting does not stop it for the others. */
  wait(signal: AbortSignal): Promise<Started>;
  /** Stops it for all and resolves when it has ended. */
  stop(): Promise<void>;
}

export function shareStart<Started>(start: (signal: AbortSignal) => Promise<Started>): SharedStart<Started> {
  const controller = new AbortController();
  const starting = start(controller.signal);
  const ended = starting.then(
    () => undefined,
    () => undefined,
  );
  return {
    stop: async () => {
      controller.abort();
      await ended;
    },
    wait: (signal) =>
      new Promise((resolve, reject) => {
        const onAbort = () => reject(toCancelled(signal));
        signal.addEventListener('abort', onAbort, { once: true });
        starting.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
      }),
  };
}
