/** What there is to give out now; empty when nothing is new. */
export type TakeItems<Item> = () => readonly Item[] | Promise<readonly Item[]>;

/**
 * Gives out what `take` returns, then again each time `subscribe` has called its argument, until `signal` aborts.
 * Calls that come while the consumer is busy are one call: a slow consumer skips states, it never piles them up.
 */
export async function* liveItems<Item>(
  subscribe: (wake: () => void) => () => void,
  take: TakeItems<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, void> {
  let isNew = true;
  let wakeUp: () => void = () => undefined;
  const wake = (): void => {
    isNew = true;
    wakeUp();
  };
  const unsubscribe = subscribe(wake);
  signal.addEventListener('abort', wake);
  try {
    while (!signal.aborted) {
      if (!isNew) {
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
        continue;
      }
      isNew = false;
      for (const item of await take()) {
        if (signal.aborted) return;
        yield item;
      }
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', wake);
  }
}
