import { existsSync } from 'node:fs';
import { HeddleError } from '#shared/base/errors.ts';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { type AppendQueue, createAppendQueue } from './append-queue.ts';
import { type BlobFiles, createBlobFiles } from './blob-files.ts';
import type { StoredEvent } from './chain.ts';
import type { EventStore, StreamHead } from './event-store.ts';
import { type NotedEnds, openNotedEnds } from './noted-ends.ts';
import { withNotes } from './noting-medium.ts';
import { damaged, stopped } from './refusals.ts';
import { type JournalFile, openForReading, openForWriting, refusingDamage } from './sqlite-file.ts';
import { createProjectionTable, type ProjectionTable } from './sqlite-projections.ts';
import { createJournalReader, type JournalReader, type StreamRow } from './sqlite-reader.ts';
import { createSqliteSnapshotCache, type SnapshotFile } from './sqlite-snapshot-cache.ts';
import { createSqliteUpkeep } from './sqlite-upkeep.ts';
import { createSqliteWriter } from './sqlite-writer.ts';
import type { JournalUpkeep } from './upkeep.ts';
import { createWalRoom, type WalRoom, withRoom } from './wal-room.ts';
import { withLostEnds } from './witnessed-reader.ts';

/** What a journal on disk needs to know. */
export interface SqliteEventStoreOptions {
  readonly path: string;
  readonly blobFolder: string;
  /** Brings an event as it was written to its current version; applied by `read`, never to what is stored. */
  readonly upcast?: (event: EventEnvelope) => EventEnvelope;
  /** Reads only: appends are refused with `host.readOnly`, and the file need not exist. */
  readonly readOnly?: boolean;
  /** Caps the database file, in pages of 4096 bytes; beyond it appends fail as on a full disk. */
  readonly maxPageCount?: number;
  /** Where folds are kept, and the name of the build that makes them; nowhere when left out. */
  readonly snapshots?: { readonly path: string; readonly build: () => string };
}

/** A journal that can be looked after. */
export interface SqliteEventStore extends EventStore {
  readonly upkeep: JournalUpkeep;
}

/** The journal in one SQLite file, written and read in the calling thread. Keeping other writers away is the job of the writer lock. */
export function createSqliteEventStore(options: SqliteEventStoreOptions): SqliteEventStore {
  const { path, blobFolder, upcast = (event) => event, readOnly = false, maxPageCount } = options;
  const file = readOnly ? openForReading(path) : openForWriting(path, maxPageCount);
  const { db } = file;
  const { reader, queue, projections, blobs, ends, room } = connect(options, file);
  let isClosed = false;

  /** The writer sees only its own commits, between its own calls; a reader needs one snapshot for head and events. */
  const consistently = <Result>(look: () => Result): Result => {
    if (isClosed) throw stopped(path, closedReason);
    return readOnly ? db.transaction(look)() : look();
  };

  function read(stream: string, afterSeq: number, limit: number): readonly EventEnvelope[] {
    const row = reader.findStream(stream);
    if (row === undefined || limit <= 0 || (afterSeq >= row.lastSeq && row.endProblem === undefined)) return [];
    const { events, damage } = reader.readStretch(row, afterSeq, limit);
    if (damage !== undefined) throw damaged(stream, damage);
    return events.map((event) => upcast(toEnvelope(stream, event)));
  }

  /** The link of an event that fits the one before it. */
  function linkAt(stream: string, seq: number): string | undefined {
    const row = reader.findStream(stream);
    if (row === undefined || seq < 1 || seq > row.lastSeq) return undefined;
    const { events, damage } = reader.readStretch(row, seq - 1, 1);
    return damage === undefined ? events[0]?.hash : undefined;
  }

  const snapshots: SnapshotFile | undefined =
    options.snapshots &&
    createSqliteSnapshotCache({
      ...options.snapshots,
      readOnly,
      linkAt: (stream, seq) => (isClosed ? undefined : consistently(() => linkAt(stream, seq))),
    });

  const upkeep = createSqliteUpkeep({
    db,
    reader,
    blobs,
    path,
    blobFolder,
    cachePath: options.snapshots?.path,
    readOnly,
    shutDown: queue.shutDown,
  });

  function requireIntact(stream: string): void {
    const row = reader.findStream(stream);
    if (row === undefined) return;
    const verdict = reader.checkStream(row);
    if (verdict.status === 'damaged') throw damaged(stream, verdict);
  }

  return {
    append: (stream, expectedSeq, events) => (readOnly ? Promise.reject(readOnlyRefusal(path)) : queue.append(stream, expectedSeq, events)),
    read: (stream, { afterSeq = 0, limit = Number.MAX_SAFE_INTEGER } = {}) =>
      consistently(() => read(stream, Math.max(0, afterSeq), limit)),
    head: (stream) => consistently(() => toHead(reader.findStream(stream) ?? { name: stream, lastSeq: 0, lastHash: '' })),
    heads: (prefix) => consistently(() => reader.listStreams(prefix).rows.map(toHead)),
    stopReason: queue.stopReason,
    resume(stream) {
      consistently(() => requireIntact(stream));
      queue.resume(stream);
    },
    onCommitted: queue.onCommitted,
    saveProjection(projection) {
      if (!readOnly && !isClosed) projections.save(projection);
    },
    loadProjections: (name) => consistently(() => projections.load(name)),
    deleteProjections(name) {
      if (!readOnly && !isClosed) projections.delete(name);
    },
    ...(snapshots === undefined ? {} : { snapshots }),
    upkeep,
    verify: () => consistently(reader.checkAll),
    close: async () => {
      if (isClosed) return;
      queue.drain();
      queue.shutDown(closedReason);
      isClosed = true;
      snapshots?.close();
      room.close();
      file.close();
      // The last to close moves everything into the database and removes the WAL.
      ends.close(!existsSync(`${path}-wal`));
    },
  };
}

/** Prepares every statement, which fails at once when the tables are not what they should be. */
function connect(
  { path, blobFolder, readOnly = false }: SqliteEventStoreOptions,
  file: JournalFile,
): { reader: JournalReader; queue: AppendQueue; projections: ProjectionTable; blobs: BlobFiles; ends: NotedEnds; room: WalRoom } {
  const blobs = createBlobFiles(blobFolder);
  try {
    return refusingDamage(path, () => {
      const plainReader = createJournalReader(file.db, blobs);
      const ends = openNotedEnds(path, (stream) => plainReader.findStream(stream)?.lastSeq ?? 0, readOnly);
      const reader = withLostEnds(plainReader, ends.lost);
      const room = createWalRoom(path);
      const medium = withRoom(withNotes(createSqliteWriter(file.db, blobs, reader), ends), room);
      const queue = createAppendQueue(medium, () => performance.now());
      return { reader, queue, projections: createProjectionTable(file.db, queue.shutDown), blobs, ends, room };
    });
  } catch (error) {
    file.close();
    throw error;
  }
}

const closedReason = 'The journal is closed.';

function toHead({ name, lastSeq, lastHash }: Pick<StreamRow, 'name' | 'lastSeq' | 'lastHash'>): StreamHead {
  return { stream: name, lastSeq, lastHash };
}

function toEnvelope(stream: string, { seq, type, version, atMs, text }: StoredEvent): EventEnvelope {
  return { stream, seq, type, version, atMs, data: JSON.parse(text) };
}

function readOnlyRefusal(path: string): HeddleError {
  return new HeddleError(
    'host.readOnly',
    `The journal ${path} is open for reading only, because another Heddle writes to it or the folder cannot be written.`,
    {
      details: { path },
    },
  );
}
