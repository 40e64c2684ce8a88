import type { Database } from 'better-sqlite3';
import type { JournalMedium, Write } from './append-queue.ts';
import type { BlobFiles } from './blob-files.ts';
import type { StoredEvent } from './chain.ts';
import { eventKeysPerStream } from './migrations.ts';
import { damaged } from './refusals.ts';
import { explainWriteFailure } from './sqlite-errors.ts';
import type { JournalReader } from './sqlite-reader.ts';

/** The SQLite side of group commit: one transaction a batch, blobs durable before it begins. */
export function createSqliteWriter(db: Database, blobs: BlobFiles, reader: JournalReader): JournalMedium {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const addStream = db.prepare<[string]>("INSERT INTO streams (name, last_seq, last_hash) VALUES (?, 0, '')");
  const addEvent = db.prepare<[number, string, number, number, string, string | null, string | null]>(
    'INSERT INTO events (key, type, version, at_ms, hash, blob, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const streamIds = new Map<string, number>();

  function insert(streamId: number, event: StoredEvent): void {
    const { seq, type, version, atMs, hash, blobHash, text } = event;
    if (seq >= eventKeysPerStream) throw new RangeError(`A stream holds at most ${eventKeysPerStream - 1} events.`);
    addEvent.run(streamId * eventKeysPerStream + seq, type, version, atMs, hash, blobHash ?? null, blobHash === undefined ? text : null);
  }

  function commitTogether(writes: readonly Write[]): void {
    const created: string[] = [];
    begin.run();
    try {
      for (const { stream, events } of writes) {
        if (events.length === 0) continue;
        const streamId = streamIds.get(stream) ?? createStream(stream, created);
        for (const event of events) insert(streamId, event);
      }
      commit.run();
    } catch (error) {
      for (const stream of created) streamIds.delete(stream);
      // SQLite rolls some failures back by itself.
      if (db.inTransaction) rollback.run();
      throw error;
    }
  }

  function createStream(stream: string, created: string[]): number {
    const streamId = Number(addStream.run(stream).lastInsertRowid);
    streamIds.set(stream, streamId);
    created.push(stream);
    return streamId;
  }

  /** Undefined unless the whole batch is one event of a known stream, which needs no explicit transaction: the most common case by far. */
  function loneEvent(writes: readonly Write[]): { streamId: number; event: StoredEvent } | undefined {
    const [only] = writes;
    if (writes.length !== 1 || only === undefined || only.events.length !== 1) return undefined;
    const streamId = streamIds.get(only.stream);
    const [event] = only.events;
    return streamId === undefined || event === undefined ? undefined : { streamId, event };
  }

  return {
    loadHead(stream) {
      const row = reader.findStream(stream);
      if (row === undefined) return { stream, lastSeq: 0, lastHash: '' };
      const damage = reader.checkTail(row);
      if (damage !== undefined) throw damaged(stream, damage);
      streamIds.set(stream, row.id);
      return { stream, lastSeq: row.lastSeq, lastHash: row.lastHash };
    },
    commit(writes) {
      for (const { events } of writes) for (const { blobHash, text } of events) if (blobHash !== undefined) blobs.write(blobHash, text);
      const lone = loneEvent(writes);
      if (lone !== undefined) insert(lone.streamId, lone.event);
      else if (writes.some(({ events }) => events.length > 0)) commitTogether(writes);
    },
    explainFailure: explainWriteFailure,
  };
}
