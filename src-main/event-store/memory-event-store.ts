import type { EventEnvelope } from '#shared/events/envelope.ts';
import { createAppendQueue, type JournalMedium } from './append-queue.ts';
import { type Damage, findDamage, findEndDamage, firstLink, type StoredEvent } from './chain.ts';
import type { EventStore, Projection, StreamHead, StreamVerdict } from './event-store.ts';
import { damaged, stopped } from './refusals.ts';

/** What outlives a store in memory, as a file outlives a process: pass it to the next store to "reopen" it. */
export interface MemoryDisk {
  readonly streams: Map<string, MemoryStream>;
  readonly projections: Map<string, Projection>;
}

/** The events of a stream, and apart from them where it should end. */
export interface MemoryStream {
  events: StoredEvent[];
  head: StreamHead;
}

/** The journal without a disk, for tests and throw-away runs: same queue, same chain, same refusals. */
export interface MemoryEventStore extends EventStore {
  /** The next commit fails: `full` stops its streams until resumed, `io` stops the whole store until reopened. */
  failNextWrite(failure: 'full' | 'io'): void;
}

/** An empty disk. */
export function createMemoryDisk(): MemoryDisk {
  return { streams: new Map(), projections: new Map() };
}

/** Promises what `EventStore` promises, for as long as the disk object lives. */
export function createMemoryEventStore(
  options: { readonly disk?: MemoryDisk; readonly upcast?: (event: EventEnvelope) => EventEnvelope } = {},
): MemoryEventStore {
  const { disk = createMemoryDisk(), upcast = (event) => event } = options;
  let nextFailure: 'full' | 'io' | undefined;
  let isClosed = false;

  const medium: JournalMedium = {
    loadHead,
    commit(writes) {
      const failure = nextFailure;
      nextFailure = undefined;
      if (failure !== undefined) throw new SimulatedDiskFailure(failure);
      for (const { stream, events } of writes) {
        const newest = events.at(-1);
        if (newest === undefined) continue;
        const stored = disk.streams.get(stream) ?? { events: [], head: { stream, lastSeq: 0, lastHash: '' } };
        for (const event of events) stored.events.push(event);
        stored.head = { stream, lastSeq: newest.seq, lastHash: newest.hash };
        disk.streams.set(stream, stored);
      }
    },
    explainFailure: (error) => ({
      // Only `commit` above throws here.
      reason: (error as Error).message,
      isFatal: error instanceof SimulatedDiskFailure && error.failure === 'io',
    }),
  };
  // A clock that stands still: what happens in memory must not depend on how quick the machine is.
  const queue = createAppendQueue(medium, () => 0);

  function head(stream: string): StreamHead {
    return disk.streams.get(stream)?.head ?? { stream, lastSeq: 0, lastHash: '' };
  }

  function stretch(stream: string, afterSeq: number, limit: number): { events: readonly StoredEvent[]; damage: Damage | undefined } {
    const stored = disk.streams.get(stream)?.events ?? [];
    const events = stored.slice(afterSeq, Math.min(stored.length, afterSeq + limit));
    const damage =
      findDamage(afterSeq, stored[afterSeq - 1]?.hash ?? firstLink(stream), events) ??
      findEndDamage(head(stream), afterSeq, events, afterSeq + limit > stored.length);
    return { events, damage };
  }

  function loadHead(stream: string): StreamHead {
    const { lastSeq } = head(stream);
    const { damage } = stretch(stream, Math.max(0, lastSeq - 1), 2);
    if (damage !== undefined) throw damaged(stream, damage);
    return head(stream);
  }

  function check(stream: string): StreamVerdict {
    const { events, damage } = stretch(stream, 0, Number.MAX_SAFE_INTEGER);
    if (damage === undefined) return { stream, status: 'intact', events: events.length };
    return { stream, status: 'damaged', ...damage, readableEvents: damage.fromSeq - 1 };
  }

  function requireOpen(stream: string): void {
    if (isClosed) throw stopped(stream, closedReason);
  }

  return {
    append: queue.append,
    read(stream, { afterSeq = 0, limit = Number.MAX_SAFE_INTEGER } = {}) {
      requireOpen(stream);
      const from = Math.max(0, afterSeq);
      if (from >= head(stream).lastSeq || limit <= 0) return [];
      const { events, damage } = stretch(stream, from, limit);
      if (damage !== undefined) throw damaged(stream, damage);
      return events.map(({ seq, type, version, atMs, text }) => upcast({ stream, seq, type, version, atMs, data: JSON.parse(text) }));
    },
    head(stream) {
      requireOpen(stream);
      return head(stream);
    },
    heads(prefix) {
      requireOpen(prefix);
      return sortedByName([...disk.streams.keys()].filter((name) => name.startsWith(prefix))).map(head);
    },
    stopReason: queue.stopReason,
    resume(stream) {
      requireOpen(stream);
      const verdict = check(stream);
      if (verdict.status === 'damaged') throw damaged(stream, verdict);
      queue.resume(stream);
    },
    onCommitted: queue.onCommitted,
    saveProjection(projection) {
      if (!isClosed) disk.projections.set(projectionKey(projection), projection);
    },
    loadProjections(name) {
      requireOpen(name);
      return [...disk.projections.values()].filter((projection) => projection.name === name).sort((a, b) => compareNames(a.key, b.key));
    },
    deleteProjections(name) {
      if (isClosed) return;
      for (const [key, projection] of disk.projections) if (projection.name === name) disk.projections.delete(key);
    },
    verify() {
      requireOpen('journal');
      return { storageProblems: [], streams: sortedByName([...disk.streams.keys()]).map(check) };
    },
    close: async () => {
      queue.drain();
      queue.shutDown(closedReason);
      isClosed = true;
    },
    failNextWrite(failure) {
      nextFailure = failure;
    },
  };
}

const closedReason = 'The journal is closed.';

class SimulatedDiskFailure extends Error {
  readonly failure: 'full' | 'io';

  constructor(failure: 'full' | 'io') {
    super(failure === 'full' ? 'The disk is full (simulated).' : 'The disk reported an error (simulated).');
    this.failure = failure;
  }
}

function projectionKey({ name, key }: Projection): string {
  return JSON.stringify([name, key]);
}

function sortedByName(names: string[]): string[] {
  return names.sort(compareNames);
}

/** By UTF-8 bytes, which is how SQLite orders text. */
function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
