import type { EventEnvelope, NewEvent } from '#shared/events/envelope.ts';
import { chainEvent, firstLink, type StoredEvent } from './chain.ts';
import type { Appended, StreamHead } from './event-store.ts';
import { conflict, refuseBadStreamName, stopped, writeFailed } from './refusals.ts';

/** One append as the medium sees it: consecutive events of one stream. */
export interface Write {
  readonly stream: string;
  readonly events: readonly StoredEvent[];
}

/** Where batches become durable. */
export interface JournalMedium {
  /** The durable head of a stream, refused with `journal.damaged` when the newest event does not match it. */
  loadHead(stream: string): StreamHead;
  /** Makes all writes durable together, or throws and leaves nothing of them behind. */
  commit(writes: readonly Write[]): void;
  /** What a failed commit means: its words, and whether the medium can no longer be trusted with any stream. */
  explainFailure(error: unknown): { readonly reason: string; readonly isFatal: boolean };
}

/** The writing half of an event store. */
export interface AppendQueue {
  append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended>;
  stopReason(stream: string): string | undefined;
  /** Forgets why the stream stopped; its head is loaded again at the next append. */
  resume(stream: string): void;
  onCommitted(listener: (events: readonly EventEnvelope[]) => void): () => void;
  /** Stops every stream for good, for a reason that later appends are told. Pending appends reject too. */
  shutDown(reason: string): void;
  /** Commits whatever is pending now. */
  drain(): void;
}

/** A batch is one transaction: large enough that one fsync serves many writers, small enough not to hold up the event loop. */
const maxBatchBytes = 4 * 1024 * 1024;
const maxBatchAppends = 2048;

/** Commits in a row before timers and sockets get their turn again, and until how long after the first began another may begin. */
const maxFollowUps = 12;
const followUpsMs = 1;

/** Ends of streams that are known without a look at the medium: more than are written to at once, far fewer than a journal may hold. */
const maxTails = 2048;

/** How deep in a chain of promises an append is still taken for a reaction to the commit before it. */
const quietHops = 8;

/**
 * Group commit with fail-stop: appends of one turn of the event loop are chained at once, in memory, and committed together
 * in `setImmediate`, or right after the commit that they react to. Promises settle after the commit, in the order of the calls.
 * `now` is in milliseconds from anywhere; where commits take no time it may stand still.
 */
export function createAppendQueue(medium: JournalMedium, now: () => number): AppendQueue {
  const tails = new Map<string, Tail>();
  const listeners = new Set<(events: readonly EventEnvelope[]) => void>();
  let queue: PendingAppend[] = [];
  let isScheduled = false;
  let followUpsLeft = 0;
  let followUpsEndAt = 0;
  let shutDownReason: string | undefined;

  const countQueue = (): number => queue.length;

  function enqueue(pending: PendingAppend): void {
    queue.push(pending);
    schedule();
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    followUpsLeft = maxFollowUps;
    followUpsEndAt = now() + followUpsMs;
    commitBatch();
    afterReactions(countQueue, followUp);
  }

  /** Whoever was just acknowledged may have appended its next event at once: that is committed without another turn of the event loop. */
  function followUp(): void {
    if (queue.length > 0 && followUpsLeft > 0 && now() < followUpsEndAt) {
      followUpsLeft -= 1;
      commitBatch();
      afterReactions(countQueue, followUp);
      return;
    }
    isScheduled = false;
    if (queue.length > 0) schedule();
  }

  function commitBatch(): void {
    if (queue.length === 0) return;
    const batch = takeBatch();
    try {
      medium.commit(batch);
    } catch (error) {
      fail(batch, error);
      return;
    }
    for (const { tail } of batch) tail.pending -= 1;
    for (const { resolve, stream, firstSeq, events } of batch) resolve({ stream, firstSeq, lastSeq: firstSeq + events.length - 1 });
    if (listeners.size > 0) announce(batch, [...listeners]);
  }

  function takeBatch(): PendingAppend[] {
    let bytes = 0;
    let count = 0;
    for (const { approximateBytes } of queue) {
      bytes += approximateBytes;
      if (count > 0 && (bytes > maxBatchBytes || count === maxBatchAppends)) return queue.splice(0, count);
      count += 1;
    }
    const all = queue;
    queue = [];
    return all;
  }

  function fail(batch: readonly PendingAppend[], error: unknown): void {
    const { reason, isFatal } = medium.explainFailure(error);
    for (const { tail, stream, reject } of batch) {
      tail.stopReason = reason;
      reject(writeFailed(stream, reason, error));
    }
    if (isFatal) shutDown(reason);
    else rejectStopped();
  }

  /** What waits behind a failed batch would leave a hole in its stream if it were written. */
  function rejectStopped(): void {
    const waiting = queue;
    queue = [];
    for (const pending of waiting) {
      const reason = shutDownReason ?? pending.tail.stopReason;
      if (reason === undefined) queue.push(pending);
      else pending.reject(stopped(pending.stream, reason));
    }
  }

  function shutDown(reason: string): void {
    shutDownReason ??= reason;
    rejectStopped();
  }

  function tailOf(stream: string): Tail {
    const known = tails.get(stream);
    if (known !== undefined) return known;
    refuseBadStreamName(stream);
    const { lastSeq, lastHash } = medium.loadHead(stream);
    const tail: Tail = { lastSeq, lastLink: lastSeq === 0 ? firstLink(stream) : lastHash, pending: 0, stopReason: undefined };
    tails.set(stream, tail);
    if (tails.size > maxTails) forgetOldTail();
    return tail;
  }

  /** Looks at the two that were added or seen longest ago: more may be needed still than should be kept, but no append pays for that. */
  function forgetOldTail(): void {
    let looks = 2;
    for (const [stream, tail] of tails) {
      tails.delete(stream);
      if (tail.pending > 0 || tail.stopReason !== undefined) tails.set(stream, tail);
      looks -= 1;
      if (looks === 0 || tails.size <= maxTails) return;
    }
  }

  return {
    append: (stream, expectedSeq, newEvents) =>
      new Promise((resolve, reject) => {
        if (shutDownReason !== undefined) throw stopped(stream, shutDownReason);
        const tail = tailOf(stream);
        if (tail.stopReason !== undefined) throw stopped(stream, tail.stopReason);
        if (tail.lastSeq !== expectedSeq) throw conflict(stream, expectedSeq, tail.lastSeq);
        const events: StoredEvent[] = [];
        let link = tail.lastLink;
        let approximateBytes = 0;
        for (const newEvent of newEvents) {
          const event = chainEvent(link, expectedSeq + events.length + 1, newEvent);
          events.push(event);
          link = event.hash;
          approximateBytes += event.text.length;
        }
        tail.lastSeq = expectedSeq + events.length;
        tail.lastLink = link;
        tail.pending += 1;
        enqueue({ stream, firstSeq: expectedSeq + 1, events, newEvents, approximateBytes, tail, resolve, reject });
      }),
    stopReason: (stream) => shutDownReason ?? tails.get(stream)?.stopReason,
    resume(stream) {
      if (shutDownReason !== undefined) throw stopped(stream, shutDownReason);
      if (tails.get(stream)?.stopReason !== undefined) tails.delete(stream);
    },
    onCommitted(listener) {
      const own: typeof listener = (events) => listener(events);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    shutDown,
    drain() {
      while (queue.length > 0) commitBatch();
    },
  };
}

/** The end of a stream with everything that was accepted, whether it is durable yet or not. */
interface Tail {
  lastSeq: number;
  lastLink: string;
  /** Appends that are not durable yet. */
  pending: number;
  stopReason: string | undefined;
}

interface PendingAppend extends Write {
  readonly firstSeq: number;
  readonly newEvents: readonly NewEvent[];
  readonly approximateBytes: number;
  readonly tail: Tail;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** A listener that throws is reported as a process warning: the events are durable and the others must hear of them. */
function announce(batch: readonly PendingAppend[], listeners: readonly ((events: readonly EventEnvelope[]) => void)[]): void {
  const events: EventEnvelope[] = [];
  for (const { stream, firstSeq, newEvents } of batch) {
    let seq = firstSeq;
    for (const { type, version, atMs, data } of newEvents) {
      events.push({ stream, seq, type, version, atMs, data });
      seq += 1;
    }
  }
  if (events.length === 0) return;
  for (const listener of listeners) {
    try {
      listener(events);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), { type: 'JournalListenerWarning' });
    }
  }
}

/**
 * Calls back when promise reactions have come to rest: when that many in a row brought no further append. Staying among the
 * reactions is what makes a follow-up cheap; a `nextTick` costs a lone writer more than its hash.
 */
function afterReactions(countAppends: () => number, callback: () => void): void {
  let seen = countAppends();
  let hopsLeft = quietHops;
  const hop = (): void => {
    const count = countAppends();
    hopsLeft = count === seen ? hopsLeft - 1 : quietHops;
    seen = count;
    if (hopsLeft === 0) callback();
    else void settled.then(hop);
  };
  void settled.then(hop);
}

const settled = Promise.resolve();
