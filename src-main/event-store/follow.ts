import type { EventEnvelope } from '#shared/events/envelope.ts';
import type { EventStore } from './event-store.ts';

/** Where to begin, when to end, and how much to hold for a slow consumer. */
export interface FollowOptions {
  readonly afterSeq?: number;
  /** Aborting ends the iteration quietly. A follower of a live stream ends no other way. */
  readonly signal: AbortSignal;
  /** Live events kept in memory before the consumer is sent back to reading from disk. */
  readonly maxBuffered?: number;
  readonly pageSize?: number;
}

/**
 * Every event of a stream after `afterSeq`, first those on disk, then each as it is committed: none lost, none twice, in order.
 * Nothing is read or held before the first event is asked for.
 */
export async function* followStream(store: EventStore, stream: string, options: FollowOptions): AsyncGenerator<EventEnvelope, void, void> {
  const { afterSeq = 0, signal, maxBuffered = 1000, pageSize = 500 } = options;
  let cursor = afterSeq;
  let live: EventEnvelope[] = [];
  let mustReadDisk = true;
  let wake: () => void = () => undefined;

  const stopListening = store.onCommitted((events) => {
    for (const event of events) {
      if (event.stream !== stream || mustReadDisk) continue;
      live.push(event);
      if (live.length <= maxBuffered) continue;
      live = [];
      mustReadDisk = true;
    }
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);

  try {
    while (!signal.aborted) {
      if (mustReadDisk) {
        const page = store.read(stream, { afterSeq: cursor, limit: pageSize });
        // Reading and committing share one thread: an empty page means that nothing lies between the cursor and the live events.
        if (page.length === 0) mustReadDisk = false;
        for (const event of page) {
          cursor = event.seq;
          yield event;
          if (signal.aborted) return;
        }
      } else if (live.length > 0) {
        const ready = live;
        live = [];
        for (const event of ready) {
          if (event.seq <= cursor) continue;
          cursor = event.seq;
          yield event;
          if (signal.aborted) return;
        }
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stopListening();
    signal.removeEventListener('abort', onAbort);
  }
}
