import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';

/** How long a provider may be silent, how long a call may take in all, and how much it may send. */
export interface CallLimits {
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxBytes: number;
}

/** Two silent minutes are enough for a local model to load; 32 MiB is a hundred times the longest answer seen. */
export const defaultCallLimits: CallLimits = { idleTimeoutMs: 120_000, totalTimeoutMs: 1_800_000, maxBytes: 32 * 2 ** 20 };

/** What the work inside a limited call sees of its limits. */
export interface CallGuard {
  /** Aborts when the caller gives up or a limit is passed; its reason is what the call rejects with. */
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** The other side said something: the idle timer starts anew. */
  heard(): void;
}

/**
 * Runs `work` until it ends, a limit is passed (`model.timedOut`) or `signal` aborts (rejects with the signal's reason).
 * Rejects at once in the last two cases, even when `work` does not listen.
 */
export async function withinLimits<T>(
  { limits, clock, provider, signal }: { limits: CallLimits; clock: Clock; provider: string; signal: AbortSignal },
  work: (guard: CallGuard) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stop = (message: string) =>
    controller.abort(new HeddleError('model.timedOut', message, { isRetryable: true, details: { provider } }));
  const startIdleTimer = () =>
    clock.schedule(limits.idleTimeoutMs, () =>
      stop(
        `${provider} has sent nothing for ${toSeconds(limits.idleTimeoutMs)}. It may be overloaded or still loading the model; try again.`,
      ),
    );

  let cancelIdleTimer = startIdleTimer();
  const cancelTotalTimer = clock.schedule(limits.totalTimeoutMs, () =>
    stop(`${provider} had not finished its answer after ${toSeconds(limits.totalTimeoutMs)}. Ask for a shorter answer, or try again.`),
  );
  const giveUp = () => controller.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  const stopped = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const guard: CallGuard = {
    signal: controller.signal,
    maxBytes: limits.maxBytes,
    heard: () => {
      cancelIdleTimer();
      if (!controller.signal.aborted) cancelIdleTimer = startIdleTimer();
    },
  };

  try {
    return await Promise.race([work(guard), stopped]);
  } catch (thrown) {
    throw controller.signal.aborted ? controller.signal.reason : thrown;
  } finally {
    signal.removeEventListener('abort', giveUp);
    cancelTotalTimer();
    // Releases the connection if something still holds it, and turns a late `heard` into nothing.
    controller.abort();
    cancelIdleTimer();
  }
}

function toSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
