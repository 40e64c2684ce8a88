/**
 * Where executors wait in a replay before they go on with what they got, so that they go on in the order of the journal: each is let through
 * when the next event of its attempt is due. Stopping an attempt lets nobody through: whether it still went on then is in the journal, too.
 */
export interface ReplayGates {
  /** `frame` is that of the call that waits, where an attempt may have several at once. */
  pass(attemptFrame: string, frame?: string): Promise<void>;
  /** Lets one through, of this attempt or of all: the call of this frame, or else who has waited longest; false when nobody waits. */
  open(attemptFrame?: string, callFrame?: string): boolean;
  /** Lets all of an attempt through together; false when nobody waits. */
  openAll(attemptFrame: string): boolean;
  /** Lets everybody through, those who wait and those who come; or nobody again. */
  setOpen(isOpen: boolean): void;
}

/** `isKnown` says whether the journal has an attempt at all: a new one has no order to keep. */
export function createReplayGates(isKnown: (attemptFrame: string) => boolean): ReplayGates {
  const waiting = new Map<string, { readonly frame: string | undefined; readonly go: () => void }[]>();
  let isOpen = false;

  return {
    pass(attemptFrame, frame) {
      if (isOpen || !isKnown(attemptFrame)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const line = waiting.get(attemptFrame) ?? [];
      line.push({ frame, go: resolve });
      waiting.set(attemptFrame, line);
      return promise;
    },
    open(attemptFrame, callFrame) {
      const [frame = ''] = attemptFrame === undefined ? waiting.keys() : [attemptFrame];
      const line = waiting.get(frame) ?? [];
      const named = callFrame === undefined ? -1 : line.findIndex((waiter) => waiter.frame === callFrame);
      const [next] = line.splice(Math.max(0, named), 1);
      if (line.length === 0) waiting.delete(frame);
      next?.go();
      return next !== undefined;
    },
    openAll(attemptFrame) {
      const line = waiting.get(attemptFrame) ?? [];
      waiting.delete(attemptFrame);
      for (const { go } of line) go();
      return line.length > 0;
    },
    setOpen(isOpenNow) {
      isOpen = isOpenNow;
      if (!isOpen) return;
      for (const line of waiting.values()) for (const { go } of line) go();
      waiting.clear();
    },
  };
}
