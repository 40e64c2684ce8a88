import type { Database, Statement } from 'better-sqlite3';
import type { JournalMedium, Write } from './append-queue.ts';
import type { BlobFiles } from './blob-files.ts';
import type { StoredEvent } from './chain.ts';
import { eventKeysPerStream, isEndMark, maxEventsPerStream } from './migrations.ts';
import { damaged } from './refusals.ts';
import { explainWriteFailure } from './sqlite-errors.ts';
import type { JournalReader } from './sqlite-reader.ts';

/** The SQLite side of group commit: one transaction a batch, blobs durable before it begins. */
export function createSqliteWriter(db: Database, blobs: BlobFiles, reader: JournalReader): JournalMedium {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const addStream = db.prepare<[string]>('INSERT INTO streams (name) VALUES (?)');
  const addEvent = db.prepare<[string, number, number, string, string | null, string | null, number]>(
    `UPDATE events SET type = ?, version = ?, at_ms = ?, hash = ?, blob = ?, data = ? WHERE key = ? AND ${isEndMark}`,
  );
  const findId = db.prepare<[string], number>('SELECT id FROM streams WHERE name = ?').pluck() as Statement<[string], number>;
  /** The streams seen last. */
  const streamIds = new Map<string, number>();

  /** Turns the end mark of the stream into the event; finding none there, nothing is written. */
  function write(streamId: number, event: StoredEvent): void {
    const { seq, type, version, atMs, hash, blobHash, text } = event;
    if (seq > maxEventsPerStream) throw new RangeError(`A stream holds at most ${maxEventsPerStream} events.`);
    const key = streamId * eventKeysPerStream + seq;
    const data = blobHash === undefined ? text : null;
    if (addEvent.run(type, version, atMs, hash, blobHash ?? null, data, key).changes === 1) return;
    throw new Error(`The stream on disk does not end before event ${seq}: something else wrote to it.`);
  }

  function commitTogether(writes: readonly Write[]): void {
    const created: string[] = [];
    begin.run();
    try {
      for (const { stream, events } of writes) {
        if (events.length === 0) continue;
        const streamId = streamIds.get(stream) ?? findId.get(stream) ?? createStream(stream, created);
        for (const event of events) write(streamId, event);
      }
      commit.run();
    } catch (error) {
      for (const stream of created) streamIds.delete(stream);
      // SQLite rolls some failures back by itself.
      if (db.inTransaction) rollback.run();
      throw error;
    }
  }

  function remember(stream: string, streamId: number): void {
    streamIds.set(stream, streamId);
    if (streamIds.size <= mostStreamIds) return;
    for (const oldest of streamIds.keys()) {
      streamIds.delete(oldest);
      return;
    }
  }

  function createStream(stream: string, created: string[]): number {
    const streamId = Number(addStream.run(stream).lastInsertRowid);
    remember(stream, streamId);
    created.push(stream);
    return streamId;
  }

  /** One event of a known stream needs no explicit transaction: the most common case by far. */
  function commitAlone({ stream, events }: Write): boolean {
    const streamId = streamIds.get(stream);
    const event = events[0];
    if (events.length !== 1 || event === undefined || streamId === undefined) return false;
    write(streamId, event);
    return true;
  }

  return {
    loadHead(stream) {
      const row = reader.findStream(stream);
      if (row === undefined) return { stream, lastSeq: 0, lastHash: '' };
      const damage = reader.checkTail(row);
      if (damage !== undefined) throw damaged(stream, damage);
      remember(stream, row.id);
      return { stream, lastSeq: row.lastSeq, lastHash: row.lastHash };
    },
    commit(writes) {
      for (const { events } of writes) for (const { blobHash, text } of events) if (blobHash !== undefined) blobs.write(blobHash, text);
      const first = writes[0];
      if (writes.length === 1 && first !== undefined && commitAlone(first)) return;
      if (writes.some(({ events }) => events.length > 0)) commitTogether(writes);
    },
    explainFailure: explainWriteFailure,
  };
}

/** As many as the streams whose ends the queue knows, and then some: a journal may hold many more. */
const mostStreamIds = 4096;
