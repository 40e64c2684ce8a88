/**
 * Where executors wait in a replay before they go on with what they got, so that they go on in the order of the journal: each is let through
 * when the next event of its attempt is due. Stopping an attempt lets nobody through: whether it still went on then is in the journal, too.
 */
export interface ReplayGates {
  pass(attemptFrame: string): Promise<void>;
  /** Lets one through who has waited longest, of this attempt or of all; false when nobody waits. */
  open(attemptFrame?: string): boolean;
  /** Lets all of an attempt through together; false when nobody waits. */
  openAll(attemptFrame: string): boolean;
  /** Lets everybody through, those who wait and those who come; or nobody again. */
  setOpen(isOpen: boolean): void;
}

/** `isKnown` says whether the journal has an attempt at all: a new one has no order to keep. */
export function createReplayGates(isKnown: (attemptFrame: string) => boolean): ReplayGates {
  const waiting = new Map<string, (() => void)[]>();
  let isOpen = false;

  return {
    pass(attemptFrame) {
      if (isOpen || !isKnown(attemptFrame)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const line = waiting.get(attemptFrame) ?? [];
      line.push(resolve);
      waiting.set(attemptFrame, line);
      return promise;
    },
    open(attemptFrame) {
      const [frame = ''] = attemptFrame === undefined ? waiting.keys() : [attemptFrame];
      const line = waiting.get(frame);
      const first = line?.shift();
      if (line?.length === 0) waiting.delete(frame);
      first?.();
      return first !== undefined;
    },
    openAll(attemptFrame) {
      const line = waiting.get(attemptFrame) ?? [];
      waiting.delete(attemptFrame);
      for (const go of line) go();
      return line.length > 0;
    },
    setOpen(isOpenNow) {
      isOpen = isOpenNow;
      if (!isOpen) return;
      for (const line of waiting.values()) for (const go of line) go();
      waiting.clear();
    },
  };
}
