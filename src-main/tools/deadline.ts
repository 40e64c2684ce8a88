import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborting it ends the work with `run.cancelled`. */
  readonly signal: AbortSignal;
  /** What the work ends with when time is up. */
  readonly toTimeoutError: () => HeddleError;
}

/**
 * Runs `work` with a signal that aborts when the caller's does or when time is up. Ends at that moment even when the work does not
 * listen; what it answers later is dropped.
 */
export async function withDeadline<Answer>(deadline: Deadline, work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const { clock, timeoutMs, signal, toTimeoutError } = deadline;
  if (signal.aborted) throw toCancelled(signal);
  const controller = new AbortController();
  return await new Promise<Answer>((resolve, reject) => {
    const end = (settle: () => void) => {
      cancelTimer();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const stop = (error: HeddleError) =>
      end(() => {
        reject(error);
        controller.abort(error);
      });
    const onAbort = () => stop(toCancelled(signal));
    const cancelTimer = clock.schedule(timeoutMs, () => stop(toTimeoutError()));
    signal.addEventListener('abort', onAbort, { once: true });
    work(controller.signal).then(
      (answer) => end(() => resolve(answer)),
      (error: unknown) => end(() => reject(error)),
    );
  });
}

/** The refusal that stands for an aborted signal: its own reason when that is one of ours. */
export function toCancelled(signal: AbortSignal): HeddleError {
  return signal.reason instanceof HeddleError ? signal.reason : new HeddleError('run.cancelled', 'The call was cancelled before it ended.');
}

/** Throws what an aborted signal stands for; call it between the steps of a long work. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw toCancelled(signal);
}

/** Waits `delayMs`, or rejects when the signal aborts first. */
export function waitFor(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  throwIfCancelled(signal);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancelTimer();
      reject(toCancelled(signal));
    };
    const cancelTimer = clock.schedule(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
