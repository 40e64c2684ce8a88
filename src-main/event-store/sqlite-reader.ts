import type { Database } from 'better-sqlite3';
import type { BlobFiles } from './blob-files.ts';
import { type Damage, findDamage, findEndDamage, firstLink, type StoredEvent } from './chain.ts';
import type { IntegrityReport, StreamVerdict } from './event-store.ts';
import { eventKeysPerStream, isEndMark, maxEventsPerStream } from './migrations.ts';
import { isDamageError } from './sqlite-errors.ts';
import { createPackReader } from './sqlite-pack-reader.ts';

/** A stream and where its end mark says that it ends. */
export interface StreamRow {
  readonly id: number;
  readonly name: string;
  readonly lastSeq: number;
  readonly lastHash: string;
  /** Why there is no telling where the stream ends: `lastSeq` is then only the newest row found, and `lastHash` is empty. */
  readonly endProblem: string | undefined;
}

/** A stretch of a stream: what could be verified, and what ended it when it was not the limit or the end. */
export interface Stretch {
  readonly events: readonly StoredEvent[];
  readonly damage: Damage | undefined;
}

/** The reading half of the SQLite journal: it trusts nothing on disk and blames one stream at a time. */
export interface JournalReader {
  findStream(name: string): StreamRow | undefined;
  listStreams(prefix: string): { readonly rows: readonly StreamRow[]; readonly problems: readonly string[] };
  readStretch(row: StreamRow, afterSeq: number, limit: number): Stretch;
  /** Whether the newest event and the head agree. Cheap; the whole chain is `checkStream`. */
  checkTail(row: StreamRow): Damage | undefined;
  checkStream(row: StreamRow): StreamVerdict;
  checkAll(): IntegrityReport;
  /** How far a stream is packed. */
  packedSeq(row: StreamRow): number;
}

/** Events held in memory at a time while a whole stream is checked. */
const checkPageSize = 500;

/** Reads and verifies through prepared statements of one connection. */
export function createJournalReader(db: Database, blobs: BlobFiles): JournalReader {
  const streamColumns = 'SELECT id, name FROM streams';
  const streamByName = db.prepare<[string]>(`${streamColumns} WHERE name = ?`);
  const streamsFrom = db.prepare<[string]>(`${streamColumns} WHERE name >= ? ORDER BY name`);
  const streamsUp = db.prepare(`${streamColumns} ORDER BY id`);
  const streamsDown = db.prepare(`${streamColumns} ORDER BY id DESC`);
  const eventColumns = 'SELECT key, type, version, at_ms AS atMs, hash, blob, data FROM events';
  const eventsBetween = db.prepare<[number, number, number]>(`${eventColumns} WHERE key > ? AND key <= ? ORDER BY key LIMIT ?`);
  const newestRow = db.prepare<[number, number], RawEnd>(
    `SELECT key, hash, ${isEndMark} AS isEndMark FROM events WHERE key > ? AND key < ? ORDER BY key DESC LIMIT 1`,
  );
  const linkAt = db.prepare<[number]>('SELECT hash FROM events WHERE key = ?').pluck();
  const keyAfter = db.prepare<[number]>('SELECT key FROM events WHERE key > ? ORDER BY key LIMIT 1').pluck();

  const packs = createPackReader(db, blobs);

  function findStream(name: string): StreamRow | undefined {
    try {
      const row = streamByName.get(name);
      return row === undefined ? undefined : withEnd(toNamedStream(row));
    } catch (error) {
      if (!isDamageError(error)) throw error;
      return withEnd(salvageStreams().find((row) => row.name === name));
    }
  }

  function listStreams(prefix: string): { rows: readonly StreamRow[]; problems: readonly string[] } {
    const named: NamedStream[] = [];
    try {
      for (const raw of streamsFrom.iterate(prefix)) {
        const row = toNamedStream(raw);
        if (row === undefined) continue;
        if (!row.name.startsWith(prefix)) break;
        named.push(row);
      }
      return { rows: named.map(addEnd), problems: [] };
    } catch (error) {
      if (!isDamageError(error)) throw error;
      const salvaged = salvageStreams().filter(({ name }) => name.startsWith(prefix));
      return { rows: salvaged.map(addEnd), problems: [`The list of streams is damaged, some may be missing: ${error.message}`] };
    }
  }

  function withEnd(stream: NamedStream | undefined): StreamRow | undefined {
    return stream === undefined ? undefined : addEnd(stream);
  }

  function addEnd(stream: NamedStream): StreamRow {
    const from = stream.id * eventKeysPerStream;
    try {
      const newest = newestRow.get(from, from + eventKeysPerStream);
      if (newest?.isEndMark === 1 && typeof newest.hash === 'string') {
        return { ...stream, lastSeq: newest.key - from - 1, lastHash: newest.hash, endProblem: undefined };
      }
      return {
        ...stream,
        lastSeq: newest === undefined ? 0 : newest.key - from,
        lastHash: '',
        endProblem: 'The end of the stream is missing.',
      };
    } catch (error) {
      if (!isDamageError(error)) throw error;
      return { ...stream, lastSeq: 0, lastHash: '', endProblem: `The end of the stream cannot be read: ${error.message}.` };
    }
  }

  /** A damaged page ends a scan, so the table is read from both ends. */
  function salvageStreams(): NamedStream[] {
    const found = new Map<number, NamedStream>();
    for (const statement of [streamsUp, streamsDown]) {
      try {
        for (const raw of statement.iterate()) {
          const row = toNamedStream(raw);
          if (row !== undefined) found.set(row.id, row);
        }
      } catch (error) {
        if (!isDamageError(error)) throw error;
      }
    }
    return [...found.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  function readStretch(row: StreamRow, afterSeq: number, limit: number): Stretch {
    const previousLink = afterSeq === 0 ? firstLink(row.name) : readLink(row, afterSeq);
    if (previousLink === undefined) return { events: [], damage: { fromSeq: afterSeq, reason: `Event ${afterSeq} is missing.` } };
    const upTo = row.endProblem === undefined ? row.lastSeq : maxEventsPerStream;
    const fetched = fetchEvents(row, afterSeq, upTo, limit);
    const damage = findDamage(afterSeq, previousLink, fetched.events);
    if (damage !== undefined) return { events: fetched.events.slice(0, damage.fromSeq - afterSeq - 1), damage };
    if (fetched.damage !== undefined) return fetched;
    const { events } = fetched;
    if (row.endProblem === undefined) return { events, damage: findEndDamage(row, afterSeq, events, events.length < limit) };
    return { events, damage: events.length < limit ? { fromSeq: afterSeq + events.length + 1, reason: row.endProblem } : undefined };
  }

  function fetchEvents(row: StreamRow, afterSeq: number, upTo: number, limit: number): Stretch {
    const packed = packs.read(row, afterSeq, Math.min(limit, upTo - afterSeq));
    if (packed.damage !== undefined || packed.events.length === limit) return packed;
    const loose = fetchLooseEvents(row.id * eventKeysPerStream, afterSeq + packed.events.length, upTo, limit - packed.events.length);
    return packed.events.length === 0 ? loose : { events: [...packed.events, ...loose.events], damage: loose.damage };
  }

  function fetchLooseEvents(from: number, afterSeq: number, upTo: number, limit: number): Stretch {
    const events: StoredEvent[] = [];
    try {
      for (const raw of eventsBetween.iterate(from + afterSeq, from + upTo, limit)) {
        const event = toStoredEvent(raw as RawEvent, from);
        if (typeof event === 'string') return { events, damage: { fromSeq: afterSeq + events.length + 1, reason: event } };
        events.push(event);
      }
    } catch (error) {
      if (!isDamageError(error)) throw error;
      const fromSeq = afterSeq + events.length + 1;
      return { events, damage: { fromSeq, reason: `Event ${fromSeq} cannot be read: ${error.message}.` } };
    }
    return { events, damage: undefined };
  }

  function toStoredEvent(raw: RawEvent, from: number): StoredEvent | string {
    const { key, type, version, atMs, hash, blob, data } = raw;
    const seq = key - from;
    if (typeof type !== 'string' || typeof hash !== 'string' || typeof version !== 'number' || typeof atMs !== 'number') {
      return `Event ${seq} has columns of the wrong type.`;
    }
    if (typeof data === 'string' && blob === null) return { seq, type, version, atMs, text: data, blobHash: undefined, hash };
    if (typeof blob !== 'string' || data !== null || !/^[0-9a-f]{64}$/.test(blob)) return `Event ${seq} has no readable data.`;
    const text = blobs.read(blob);
    return text === undefined ? `The blob ${blob} of event ${seq} is missing.` : { seq, type, version, atMs, text, blobHash: blob, hash };
  }

  function readLink(row: StreamRow, seq: number): string | undefined {
    try {
      const link = linkAt.get(row.id * eventKeysPerStream + seq) ?? packs.linkAt(row, seq);
      return typeof link === 'string' ? link : undefined;
    } catch (error) {
      if (isDamageError(error)) return undefined;
      throw error;
    }
  }

  function checkTail(row: StreamRow): Damage | undefined {
    if (row.endProblem !== undefined) return { fromSeq: row.lastSeq + 1, reason: row.endProblem };
    if (row.lastSeq === 0) return { fromSeq: 1, reason: 'The head of the stream is empty.' };
    return readStretch(row, row.lastSeq - 1, 2).damage;
  }

  function checkStream(row: StreamRow): StreamVerdict {
    let readableEvents = 0;
    for (;;) {
      const { events, damage } = readStretch(row, readableEvents, checkPageSize);
      readableEvents += events.length;
      if (damage !== undefined)
        return { stream: row.name, status: 'damaged', ...damage, readableEvents: Math.min(readableEvents, damage.fromSeq - 1) };
      if (events.length < checkPageSize) return { stream: row.name, status: 'intact', events: readableEvents };
    }
  }

  /** Events whose stream has no row: nobody would miss them otherwise. */
  function findStrayEvents(rows: readonly StreamRow[]): string[] {
    const known = new Set(rows.map(({ id }) => id));
    const lost = new Set<number>();
    for (const nextKey of [(key: number) => keyAfter.get(key), packs.keyAfter]) {
      let key: unknown = nextKey(Number.MIN_SAFE_INTEGER);
      while (typeof key === 'number') {
        const id = Math.floor(key / eventKeysPerStream);
        if (!known.has(id)) lost.add(id);
        key = nextKey((id + 1) * eventKeysPerStream - 1);
      }
    }
    return [...lost].map((id) => `There are events of a stream whose name is lost (number ${id}).`);
  }

  return {
    findStream,
    listStreams,
    readStretch,
    checkTail,
    checkStream,
    packedSeq: packs.packedSeq,
    checkAll() {
      const { rows, problems } = listStreams('');
      const streams = rows.map(checkStream);
      return { storageProblems: [...checkStorage(db), ...problems, ...withoutThrowing(() => findStrayEvents(rows))], streams };
    },
  };
}

interface RawEvent {
  readonly key: number;
  readonly type: unknown;
  readonly version: unknown;
  readonly atMs: unknown;
  readonly hash: unknown;
  readonly blob: unknown;
  readonly data: unknown;
}

type NamedStream = Pick<StreamRow, 'id' | 'name'>;

interface RawEnd {
  readonly key: number;
  readonly hash: unknown;
  readonly isEndMark: number;
}

/** Undefined when the name, by which all else is found, was damaged. */
function toNamedStream(raw: unknown): NamedStream | undefined {
  const { id, name } = raw as { id: number; name: unknown };
  return typeof name === 'string' ? { id, name } : undefined;
}

function checkStorage(db: Database): string[] {
  return withoutThrowing(() => (db.prepare('PRAGMA integrity_check').pluck().all() as string[]).filter((line) => line !== 'ok'));
}

function withoutThrowing(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    if (isDamageError(error)) return [error.message];
    throw error;
  }
}
