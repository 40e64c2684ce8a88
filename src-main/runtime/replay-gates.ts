import { orAborted } from './abortable.ts';

/**
 * Where executors wait in a replay before they go on with what they got, so that they go on in the order of the journal:
 * each is let through when the next event of its attempt is due.
 */
export interface ReplayGates {
  pass(attemptFrame: string, signal: AbortSignal): Promise<void>;
  /** Lets one through who has waited longest, of this attempt or of all; false when nobody waits. */
  open(attemptFrame?: string): boolean;
  /** From now on nobody waits. */
  openForGood(): void;
}

/** `isKnown` says whether the journal has an attempt at all: a new one has no order to keep. */
export function createReplayGates(isKnown: (attemptFrame: string) => boolean): ReplayGates {
  const waiting = new Map<string, Set<() => void>>();
  let isOpen = false;

  return {
    async pass(attemptFrame, signal) {
      if (isOpen || !isKnown(attemptFrame)) {
        signal.throwIfAborted();
        return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      const those = waiting.get(attemptFrame) ?? new Set();
      waiting.set(attemptFrame, those.add(resolve));
      await orAborted(signal, promise).finally(() => leave(attemptFrame, resolve));
    },
    open(attemptFrame) {
      const frame = attemptFrame ?? [...waiting.keys()][0];
      const [first] = (frame === undefined ? undefined : waiting.get(frame)) ?? [];
      if (frame === undefined || first === undefined) return false;
      leave(frame, first);
      first();
      return true;
    },
    openForGood() {
      isOpen = true;
      for (const those of waiting.values()) for (const go of those) go();
      waiting.clear();
    },
  };

  function leave(attemptFrame: string, go: () => void): void {
    const those = waiting.get(attemptFrame);
    those?.delete(go);
    if (those?.size === 0) waiting.delete(attemptFrame);
  }
}
