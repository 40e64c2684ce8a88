import type { EventEnvelope, NewEvent } from '#shared/events/envelope.ts';
import type { SnapshotCache } from './snapshot-cache.ts';

/** Where a stream stands. `lastHash` is the hex SHA-256 of its newest event, '' when it is empty. */
export interface StreamHead {
  readonly stream: string;
  readonly lastSeq: number;
  readonly lastHash: string;
}

/** What an append promises: the events `firstSeq..lastSeq` are on disk (fsynced) when the promise resolves. */
export interface Appended {
  readonly stream: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** A cached fold of a stream up to `seq`. It may be deleted at any time and is never the truth. */
export interface Projection {
  readonly name: string;
  readonly key: string;
  readonly seq: number;
  readonly value: string;
}

export type StreamVerdict =
  | { readonly stream: string; readonly status: 'intact'; readonly events: number }
  | {
      readonly stream: string;
      readonly status: 'damaged';
      readonly fromSeq: number;
      readonly reason: string;
      readonly readableEvents: number;
    };

export interface IntegrityReport {
  /** What SQLite's own integrity check says; empty when it found nothing. */
  readonly storageProblems: readonly string[];
  readonly streams: readonly StreamVerdict[];
}

/**
 * The journal: append-only streams of events, one writer.
 *
 * - `append` resolves only when the events are durable; appends made in one turn of the event loop share one transaction.
 * - `expectedSeq` is the stream's `lastSeq` before the append; anything else is refused with `journal.conflict` and nothing is written.
 * - A failed write stops its stream: it and every later append reject (`journal.writeFailed`, then `journal.stopped`) until `resume(stream)`.
 * - Every event carries a SHA-256 chained over its stream; `read` refuses events whose chain does not hold (`journal.damaged`), naming stream and seq.
 */
export interface EventStore {
  append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended>;
  /** Events of one stream in order, verified; `limit` is a page size for the caller, not a promise of completeness. */
  read(stream: string, options?: { readonly afterSeq?: number; readonly limit?: number }): readonly EventEnvelope[];
  head(stream: string): StreamHead;
  /** Heads of all streams whose name starts with `prefix`, ordered by the name. */
  heads(prefix: string): readonly StreamHead[];
  /** Why a stream no longer takes events, or undefined when it does. */
  stopReason(stream: string): string | undefined;
  /** Lets a stopped stream take events again, after checking that what is on disk is intact. */
  resume(stream: string): void;
  /** Called with every durable batch, in commit order. Returns the function that ends it. */
  onCommitted(listener: (events: readonly EventEnvelope[]) => void): () => void;
  saveProjection(projection: Projection): void;
  loadProjections(name: string): readonly Projection[];
  deleteProjections(name: string): void;
  /** Folds kept beside the journal, where there is a place for them. */
  readonly snapshots?: SnapshotCache;
  verify(): IntegrityReport;
  /** Waits for pending appends, then closes. Later calls reject. */
  close(): Promise<void>;
}

/** Payloads above this many bytes of JSON are stored once, by hash, and referenced. */
export const blobThresholdBytes = 256 * 1024;
