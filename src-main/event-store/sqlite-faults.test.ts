import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBlobFiles } from './blob-files.ts';
import { sha256 } from './chain.ts';
import { migrate } from './migrations.ts';
import { openBackup, writeBackup } from './sqlite-backup.ts';
import { createSqliteEventStore, type SqliteEventStore } from './sqlite-event-store.ts';
import { createPackReader } from './sqlite-pack-reader.ts';
import { createJournalReader } from './sqlite-reader.ts';
import { createSqliteUpkeep, type UpkeepOptions } from './sqlite-upkeep.ts';

const about = { atMs: 1, version: '1.2.3', workspace: 'here' };
const note = (text: string) => ({ type: 'note.taken', version: 1, atMs: 1, data: { text } });
let folder: string;
let store: SqliteEventStore;
const path = () => join(folder, 'journal.db');
const blobFolder = () => join(folder, 'blobs');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-faults-'));
  store = createSqliteEventStore({ path: path(), blobFolder: blobFolder() });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const fault = (code: string, syscall?: string) =>
  Object.assign(new Error('words'), { code, ...(syscall === undefined ? {} : { syscall }) });

/** A database of which one call fails. */
function withFault<Call extends keyof Database.Database>(db: Database.Database, call: Call, error: unknown): Database.Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === call)
        return () => {
          throw error;
        };
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('a backup', () => {
  test.each([
    ['the disk is full', fault('ENOSPC', 'write'), { code: 'workspace.full', isRetryable: true }],
    ['SQLite has no room', new Database.SqliteError('words', 'SQLITE_FULL'), { code: 'workspace.full' }],
    ['the folder takes no files', new Database.SqliteError('words', 'SQLITE_CANTOPEN'), { code: 'workspace.readOnly' }],
    ['the system refuses', fault('EACCES', 'open'), { code: 'workspace.readOnly' }],
    ['there is a bug', new TypeError('a bug'), { message: 'a bug' }],
    ['what is thrown is no error', 'odd', undefined],
  ])('when %s is refused so, and leaves nothing behind', async (_, error, refusal) => {
    const db = new Database(path());
    const source = { db: withFault(db, 'backup', error), blobs: createBlobFiles(blobFolder()), readOnly: false };
    const made = writeBackup(source, join(folder, 'backups', 'one'), about);
    await (refusal === undefined ? expect(made).rejects.toBe(error) : expect(made).rejects.toMatchObject(refusal));
    expect(readdirSync(join(folder, 'backups'))).toEqual([]);
    db.close();
  });

  test('is not made over what stands in its way', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(store.upkeep.backUp(join(folder, 'file', 'one'), about)).rejects.toMatchObject({ code: 'workspace.readOnly' });
  });

  test('that is not there, or is none, or is only a journal, cannot be opened', async () => {
    expect(() => openBackup(join(folder, 'nowhere'))).toThrow(/There is no backup/);
    writeFileSync(join(folder, 'text'), 'This is a text, and long enough not to be taken for an empty database.');
    expect(() => openBackup(join(folder, 'text'))).toThrow(/not a backup of Heddle/);
    await store.append('run/a', 0, [note('a')]);
    expect(() => openBackup(path())).toThrow(expect.objectContaining({ code: 'backup.damaged' }));
  });

  test('is only read', async () => {
    await store.append('run/a', 0, [note('a')]);
    await store.upkeep.backUp(join(folder, 'one'), about);
    const backup = openBackup(join(folder, 'one'));
    expect(() => backup.blobs.write(sha256('x'), 'x')).toThrow('A backup is only read');
    expect(backup.blobs.read(sha256('x'))).toBeUndefined();
    backup.close();
  });

  test('made by a later build is refused as that', async () => {
    await store.upkeep.backUp(join(folder, 'one'), about);
    const db = new Database(join(folder, 'one'));
    db.pragma('user_version = 999');
    db.close();
    expect(() => openBackup(join(folder, 'one'))).toThrow(expect.objectContaining({ code: 'journal.newerSchema' }));
  });
});

describe('upkeep', () => {
  let db: Database.Database;
  let stops: string[];
  beforeEach(async () => {
    stops = [];
    await store.append('run/a', 0, [note('a'), note('b')]);
    db = new Database(path());
  });
  afterEach(() => void db.close());

  function createUpkeep(options: Partial<UpkeepOptions> = {}) {
    const blobs = createBlobFiles(blobFolder());
    return createSqliteUpkeep({
      ...{ db, blobs, path: path(), blobFolder: blobFolder(), cachePath: undefined, readOnly: false },
      ...{ reader: createJournalReader(db, blobs), shutDown: (reason: string) => void stops.push(reason) },
      ...options,
    });
  }

  test('of a stream that is not there is refused', async () => {
    await expect(createUpkeep().pack('run/z')).rejects.toMatchObject({ code: 'run.notFound' });
    expect(() => createUpkeep().loose('run/z')).toThrow(expect.objectContaining({ code: 'run.notFound' }));
  });

  test('of a stream whose end is missing is refused as damage', async () => {
    db.exec("UPDATE events SET hash = hash || 'x' WHERE 0; DELETE FROM events WHERE key = (SELECT max(key) FROM events)");
    await expect(createUpkeep().pack('run/a')).rejects.toMatchObject({ code: 'journal.damaged' });
  });

  test.each([
    ['has no room stops nothing but itself', 'SQLITE_FULL', 'journal.writeFailed', 0],
    ['meets a bad disk stops the writer', 'SQLITE_IOERR_WRITE', 'journal.writeFailed', 1],
  ])('that %s', async (_, code, refusal, stopsWriter) => {
    const broken = () => withFault(db, 'transaction', new Database.SqliteError('words', code));
    await expect(createUpkeep({ db: broken() }).pack('run/a')).rejects.toMatchObject({ code: refusal });
    expect(stops.length).toBe(stopsWriter);
    const vacuum = withFault(db, 'pragma', new Database.SqliteError('words', code));
    await expect(createUpkeep({ db: vacuum }).giveSpaceBack()).rejects.toMatchObject({ code: refusal });
    expect(stops.length).toBe(stopsWriter * 2);
    expect(store.read('run/a')).toHaveLength(2);
  });

  test('that removes other rows than it packed takes back what it did', async () => {
    db.exec('CREATE TRIGGER keeps BEFORE DELETE ON events BEGIN SELECT RAISE(IGNORE); END');
    await expect(createUpkeep().pack('run/a')).rejects.toThrow('0 rows instead of 2 events of run/a were packed');
    db.exec('DROP TRIGGER keeps');
    expect(store.verify().streams).toEqual([{ stream: 'run/a', status: 'intact', events: 2 }]);
  });

  test('keeps events as they were whose text would not come out of a pack as it went in', async () => {
    const reader = createJournalReader(db, createBlobFiles(blobFolder()));
    const readStretch: typeof reader.readStretch = (...where) => {
      const stretch = reader.readStretch(...where);
      // A line ends in the middle of it, as no JSON of ours has it.
      return { ...stretch, events: stretch.events.map((event) => ({ ...event, text: event.text.replace(':', ':\n') })) };
    };
    await expect(createUpkeep({ reader: { ...reader, readStretch } }).pack('run/a')).rejects.toThrow(
      'Events up to 2 do not come out of their pack as they went in',
    );
    expect(store.verify().streams).toEqual([{ stream: 'run/a', status: 'intact', events: 2 }]);
    expect(db.prepare('SELECT count(*) AS packs FROM packs').get()).toEqual({ packs: 0 });
  });

  test('says what is on disk, of what there is', () => {
    const bare = createUpkeep().sizes();
    expect(bare).toEqual({ journalBytes: expect.any(Number), blobBytes: 0, cacheBytes: 0 });
    expect(bare.journalBytes).toBeGreaterThan(4096);
    mkdirSync(join(blobFolder(), 'ab'), { recursive: true });
    writeFileSync(join(blobFolder(), 'ab', 'one'), 'x'.repeat(10));
    writeFileSync(join(blobFolder(), 'two'), 'x'.repeat(5));
    writeFileSync(join(folder, 'cache'), 'x'.repeat(7));
    writeFileSync(join(folder, 'cache-wal'), 'x'.repeat(2));
    expect(createUpkeep({ cachePath: join(folder, 'cache') }).sizes()).toEqual({ ...bare, blobBytes: 15, cacheBytes: 9 });
    expect(createUpkeep({ cachePath: join(folder, 'nowhere') }).sizes().cacheBytes).toBe(0);
  });

  test('goes on with the next when one has failed', async () => {
    const upkeep = createUpkeep();
    const [first, second] = await Promise.allSettled([upkeep.pack('run/z'), upkeep.pack('run/a')]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('what is no damage but a bug', () => {
  test('passes through the reader as it is', () => {
    const db = new Database(':memory:');
    migrate(db);
    const blobs = createBlobFiles(blobFolder());
    const reader = createJournalReader(db, blobs);
    const packs = createPackReader(db, blobs);
    const row = { id: 1, name: 'run/a', lastSeq: 3, lastHash: 'h', endProblem: undefined };
    db.close();
    const closed = /not open/;
    for (const look of [
      () => reader.findStream('run/a'),
      () => reader.listStreams(''),
      () => reader.readStretch(row, 0, 10),
      () => reader.readStretch(row, 1, 10),
      () => reader.checkAll(),
      () => packs.read(row, 0, 10),
    ])
      expect(look).toThrow(closed);
  });
});

describe('a journal that was closed', () => {
  test('closes once, finds no snapshot and saves no fold', async () => {
    const other = createSqliteEventStore({
      ...{ path: join(folder, 'other.db'), blobFolder: blobFolder() },
      snapshots: { path: join(folder, 'cache.db'), build: () => 'b' },
    });
    await other.append('run/a', 0, [note('a')]);
    const save = (stream: string, seq: number) => other.snapshots?.save(stream, { seq, root: 'r' });
    expect([save('run/a', 1), save('run/a', 0), save('run/a', 2), save('run/b', 1)]).toEqual([true, false, false, false]);
    await other.close();
    await other.close();
    expect(save('run/a', 1)).toBe(false);
    other.saveProjection({ name: 'runs', key: 'a', seq: 1, value: '1' });
    other.deleteProjections('runs');
    expect(() => other.head('run/a')).toThrow(expect.objectContaining({ code: 'journal.stopped' }));
    expect(existsSync(join(folder, 'other.db-wal'))).toBe(false);
  });

  test('has no snapshot at an event that is damaged', async () => {
    const other = createSqliteEventStore({
      ...{ path: path(), blobFolder: blobFolder() },
      snapshots: { path: join(folder, 'cache.db'), build: () => 'b' },
    });
    await other.append('run/a', 0, [note('a'), note('b')]);
    const db = new Database(path());
    db.exec("UPDATE events SET data = '{}' WHERE type = 'note.taken'");
    db.close();
    expect(other.snapshots?.save('run/a', { seq: 2, root: 'r' })).toBe(false);
    await other.close();
  });

  test('resumes a stream that never was', () => {
    store.resume('run/z');
    expect(store.stopReason('run/z')).toBeUndefined();
  });
});
