import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { HeddleError } from '#shared/base/errors.ts';
import type { BlobFiles } from './blob-files.ts';
import type { StoredEvent } from './chain.ts';
import { eventKeysPerStream } from './migrations.ts';
import { maxPackEvents, maxPackLength, type Pack, toPack, unpack } from './packs.ts';
import { damaged, writeFailed } from './refusals.ts';
import { writeBackup } from './sqlite-backup.ts';
import { explainWriteFailure } from './sqlite-errors.ts';
import type { JournalReader, StreamRow } from './sqlite-reader.ts';
import type { JournalUpkeep, PackedStream } from './upkeep.ts';

/** The journal to look after. */
export interface UpkeepOptions {
  readonly db: Database;
  readonly reader: JournalReader;
  readonly blobs: BlobFiles;
  readonly path: string;
  readonly blobFolder: string;
  readonly cachePath: string | undefined;
  readonly readOnly: boolean;
  /** Stops the writer for good when the disk can no longer be trusted. */
  readonly shutDown: (reason: string) => void;
}

/** Pages that are returned to the disk between two turns of the event loop. */
const vacuumPages = 256;

/** Upkeep through the connection that also appends: nothing comes between two of its statements that has no business there. */
export function createSqliteUpkeep(options: UpkeepOptions): JournalUpkeep {
  const { db, reader, blobs, path } = options;
  const looseOf = db.prepare<[number, number], { events: number; bytes: number }>(
    `SELECT count(*) AS events, coalesce(sum(length(type) + 80 + coalesce(length(CAST(data AS BLOB)), 64)), 0) AS bytes
      FROM events WHERE key > ? AND key <= ?`,
  );
  const addPack = db.prepare<[number, number, string, Buffer]>('INSERT INTO packs (key, events, hash, data) VALUES (?, ?, ?, ?)');
  const removeEvents = db.prepare<[number, number]>('DELETE FROM events WHERE key > ? AND key <= ?');
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  }

  function requireStream(stream: string): StreamRow {
    const row = reader.findStream(stream);
    if (row === undefined) throw new HeddleError('run.notFound', `There is no stream "${stream}" in the journal.`);
    if (row.endProblem !== undefined) throw damaged(stream, { fromSeq: row.lastSeq + 1, reason: row.endProblem });
    return row;
  }

  function measureLoose(row: StreamRow): { events: number; bytes: number } {
    const from = row.id * eventKeysPerStream;
    // A sum is one row, also over nothing.
    return looseOf.get(from + reader.packedSeq(row), from + row.lastSeq) as { events: number; bytes: number };
  }

  async function pack(stream: string): Promise<PackedStream> {
    if (options.readOnly) throw new HeddleError('host.readOnly', 'The journal is open for reading only, so nothing in it can be packed.');
    const row = requireStream(stream);
    const before = measureLoose(row);
    const packs: Pack[] = [];
    const packedSeq = reader.packedSeq(row);
    let lastSeq = packedSeq;
    while (lastSeq < row.lastSeq) {
      const { events, damage } = reader.readStretch(row, lastSeq, maxPackEvents);
      if (damage !== undefined) throw damaged(stream, damage);
      const next = await toCheckedPack(events.slice(0, countForPack(events)));
      packs.push(next);
      lastSeq = next.lastSeq;
      await nextTurn();
    }
    if (packs.length > 0) replace(row, packedSeq, lastSeq, packs);
    return { stream, events: before.events, bytesBefore: before.bytes, bytesAfter: packs.reduce((sum, { data }) => sum + data.length, 0) };
  }

  /** One transaction, so that after a crash there are the rows or the packs. */
  function replace(row: StreamRow, packedSeq: number, lastSeq: number, packs: readonly Pack[]): void {
    const from = row.id * eventKeysPerStream;
    try {
      db.transaction(() => {
        for (const { lastSeq: seq, events, hash, data } of packs) addPack.run(from + seq, events, hash, data);
        const { changes } = removeEvents.run(from + packedSeq, from + lastSeq);
        if (changes !== lastSeq - packedSeq)
          throw new Error(`${changes} rows instead of ${lastSeq - packedSeq} events of ${row.name} were packed`);
      }).immediate();
    } catch (error) {
      throw explain(row.name, error);
    }
  }

  function explain(stream: string, error: unknown): unknown {
    if (!(error instanceof Error && 'code' in error)) return error;
    const { reason, isFatal } = explainWriteFailure(error);
    if (isFatal) options.shutDown(reason);
    return writeFailed(stream, reason, error);
  }

  async function giveSpaceBack(): Promise<number> {
    let before = 0;
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
      before = sizeOf(path);
      if (db.pragma('auto_vacuum', { simple: true }) === incremental) {
        for (let left = db.pragma('freelist_count', { simple: true }) as number; left > 0; left -= vacuumPages) {
          db.pragma(`incremental_vacuum(${vacuumPages})`);
          await nextTurn();
        }
      } else {
        // Once: from then on the file keeps the map of its pages that lets it shrink bit by bit.
        db.pragma(`auto_vacuum = ${incremental}`);
        db.exec('VACUUM');
      }
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw explain('journal', error);
    }
    return Math.max(0, before - sizeOf(path));
  }

  return {
    loose: (stream) => measureLoose(requireStream(stream)),
    pack: (stream) => inTurn(() => pack(stream)),
    giveSpaceBack: () => inTurn(giveSpaceBack),
    sizes: () => ({
      journalBytes: sizeOf(path) + sizeOf(`${path}-wal`),
      blobBytes: sizeOfFolder(options.blobFolder),
      cacheBytes: options.cachePath === undefined ? 0 : sizeOf(options.cachePath) + sizeOf(`${options.cachePath}-wal`),
    }),
    backUp: (target, about) => inTurn(() => writeBackup({ db, blobs, readOnly: options.readOnly }, target, about)),
  };
}

/** SQLite's number for files that shrink when asked to. */
const incremental = 2;

async function toCheckedPack(events: readonly StoredEvent[]): Promise<Pack> {
  const pack = await toPack(events);
  const again = unpack(pack.data, pack.events);
  const isSame = again?.every((packed, index) => {
    const event = events[index];
    const text = event?.blobHash === undefined ? event?.text : '';
    return (
      packed.type === event?.type &&
      packed.version === event.version &&
      packed.atMs === event.atMs &&
      packed.blobHash === event.blobHash &&
      packed.text === text
    );
  });
  if (isSame !== true) throw new Error(`Events up to ${pack.lastSeq} do not come out of their pack as they went in`);
  return pack;
}

/** How many of these events make one pack: at least one, then as many as fit. */
function countForPack(events: readonly StoredEvent[]): number {
  let length = 0;
  const tooMany = events.findIndex(({ text, blobHash }, index) => {
    length += blobHash === undefined ? text.length : 0;
    return index > 0 && length > maxPackLength;
  });
  return tooMany === -1 ? events.length : tooMany;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function sizeOfFolder(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + sizeOf(join(entry.parentPath, entry.name)), 0);
  } catch {
    return 0;
  }
}
