import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewEvent } from '#shared/events/envelope.ts';
import { createUpcast } from '#shared/events/upcast.ts';
import { chainEvent, firstLink } from './chain.ts';
import { blobThresholdBytes, type EventStore, type StreamHead } from './event-store.ts';
import { eventKeysPerStream, journalMigrations, migrate } from './migrations.ts';
import { createSqliteEventStore, type SqliteEventStoreOptions } from './sqlite-event-store.ts';
import { openForWriting } from './sqlite-file.ts';
import { createProjectionTable } from './sqlite-projections.ts';

let folder: string;
let path: string;
let blobFolder: string;
const opened: EventStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-journal-test-'));
  path = join(folder, 'journal.db');
  blobFolder = join(folder, 'blobs');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the SQLite journal', () => {
  it('runs in WAL with an fsync for every commit, also after saving a projection without one', () => {
    const { db, close } = openForWriting(path, undefined);
    const settings = (): unknown[] => [db.pragma('journal_mode', { simple: true }), db.pragma('synchronous', { simple: true })];
    const full = 2;
    expect(settings()).toEqual(['wal', full]);
    createProjectionTable(db, () => undefined).save({ name: 'runs', key: 'a', seq: 1, value: '1' });
    expect(settings()).toEqual(['wal', full]);
    close();
  });

  it('leaves one file when it is closed', async () => {
    const store = open();
    await store.append('run/1', 0, [note('a')]);
    await store.close();
    expect(readdirSync(folder)).toEqual(['journal.db']);
  });

  it('does not let two writers put two events in one place: the second stops', async () => {
    const [first, second] = [open(), open()];
    await first.append('run/1', 0, [note('a')]);
    await second.append('run/1', 1, [note('b')]);
    await expect(first.append('run/1', 1, [note('x')])).rejects.toMatchObject({ code: 'journal.writeFailed' });
    first.resume('run/1');
    await first.append('run/1', 2, [note('c')]);
    expect(first.verify().streams).toEqual([{ stream: 'run/1', status: 'intact', events: 3 }]);
  });

  it('finds a stream again that thousands have been written to since', async () => {
    const store = open();
    const names = Array.from({ length: 4200 }, (_, index) => `run/${index}`);
    await Promise.all(names.map((name) => store.append(name, 0, [note('a')])));
    await store.append('run/0', 1, [note('b')]);
    await Promise.all([store.append('run/1', 1, [note('c')]), store.append('run/4199', 1, [note('d')])]);
    expect(['run/0', 'run/1', 'run/2', 'run/4199'].map((name) => store.head(name).lastSeq)).toEqual([2, 2, 1, 2]);
  });

  it('keeps nothing of a batch that SQLite has rolled back by itself, and goes on with the next', async () => {
    const store = open();
    await store.append('run/1', 0, [note('a')]);
    behindTheBack(`CREATE TRIGGER refuses BEFORE UPDATE ON events WHEN NEW.data LIKE '%bad%' BEGIN SELECT RAISE(ROLLBACK, 'no'); END`);
    const batch = await Promise.allSettled([
      store.append('run/1', 1, [note('b'), note('bad')]),
      store.append('run/2', 0, [note('new'), note('bad too')]),
    ]);
    expect(batch.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    store.resume('run/1');
    store.resume('run/2');
    await Promise.all([store.append('run/1', 1, [note('c')]), store.append('run/2', 0, [note('first')])]);
    expect(store.verify().streams).toEqual([
      { stream: 'run/1', status: 'intact', events: 2 },
      { stream: 'run/2', status: 'intact', events: 1 },
    ]);
  });

  it('upcasts through the registry of the application', async () => {
    const store = open({
      upcast: createUpcast({ 'note.taken': 2 }, [{ type: 'note.taken', fromVersion: 1, up: (data) => ({ words: data.text ?? '' }) }]),
    });
    await store.append('run/1', 0, [note('a'), { ...note('b'), version: 3 }]);
    expect(store.read('run/1', { limit: 1 })).toEqual([
      { stream: 'run/1', seq: 1, type: 'note.taken', version: 2, atMs: 1, data: { words: 'a' } },
    ]);
    expect(() => store.read('run/1')).toThrow(expect.objectContaining({ code: 'journal.unknownEvent' }));
  });

  describe('blobs', () => {
    const large = note('x'.repeat(blobThresholdBytes));

    it('are stored once whatever refers to them, and keep the database small', async () => {
      const store = open();
      await store.append('run/1', 0, [large, large]);
      await store.append('run/2', 0, [large]);
      expect(blobPaths()).toHaveLength(1);
      await store.close();
      expect(statSync(path).size).toBeLessThan(64 * 1024);
      expect(open().read('run/2')[0]?.data).toEqual(large.data);
    });

    it.each([
      ['changed', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('xxx', 'xyx'))],
      ['cut', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 1000))],
      ['removed', (file: string) => rmSync(file)],
    ])('are missed when %s, and only by the events that use them', async (_, tamper) => {
      const store = open();
      await store.append('run/1', 0, [note('a'), large]);
      await store.append('run/2', 0, [note('a')]);
      for (const file of blobPaths()) tamper(file);
      expect(() => store.read('run/1')).toThrow(
        expect.objectContaining({ code: 'journal.damaged', details: expect.objectContaining({ seq: 2 }) }),
      );
      expect(store.read('run/1', { limit: 1 })).toHaveLength(1);
      expect(store.verify().streams).toEqual([
        { stream: 'run/1', status: 'damaged', fromSeq: 2, reason: expect.stringContaining('blob'), readableEvents: 1 },
        { stream: 'run/2', status: 'intact', events: 1 },
      ]);
    });

    it('heal when the same content is written again', async () => {
      const store = open();
      await store.append('run/1', 0, [large]);
      for (const file of blobPaths()) writeFileSync(file, 'damaged');
      await store.append('run/2', 0, [large]);
      expect(store.verify().streams.map(({ status }) => status)).toEqual(['intact', 'intact']);
    });

    it('that cannot be written stop the stream before anything refers to them', async () => {
      writeFileSync(blobFolder, 'a file where the folder should be');
      const store = open();
      await expect(store.append('run/1', 0, [large])).rejects.toMatchObject({ code: 'journal.writeFailed' });
      expect(store.head('run/1').lastSeq).toBe(0);
      rmSync(blobFolder);
      store.resume('run/1');
      await store.append('run/1', 0, [large]);
      expect(store.read('run/1')[0]?.data).toEqual(large.data);
    });

    function blobPaths(): string[] {
      return readdirSync(blobFolder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    }
  });

  describe('the schema', () => {
    it('is brought up to date step by step, each exactly once, keeping what is there', () => {
      const db = new Database(path);
      migrate(db, [{ name: 'one', sql: 'CREATE TABLE a (x); INSERT INTO a VALUES (1)' }]);
      const more = [
        { name: 'one', sql: 'CREATE TABLE a (x); INSERT INTO a VALUES (1)' },
        { name: 'two', sql: 'UPDATE a SET x = x + 1' },
      ];
      migrate(db, more);
      migrate(db, more);
      expect(db.prepare('SELECT x FROM a').pluck().all()).toEqual([2]);
      expect(db.pragma('user_version', { simple: true })).toBe(2);
      db.close();
    });

    it('stays as it was when a step fails', () => {
      const db = new Database(path);
      const steps = [
        { name: 'one', sql: 'CREATE TABLE a (x)' },
        { name: 'broken', sql: 'CREATE TABLE a (x)' },
      ];
      expect(() => migrate(db, steps)).toThrow('already exists');
      expect([db.pragma('user_version', { simple: true }), db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()]).toEqual([0, 0]);
      db.close();
    });

    it('that kept heads beside the events is brought up to date with every event and head, and streams go on', async () => {
      const large = note('x'.repeat(blobThresholdBytes));
      const events = { 'run/1': [note('a'), note('b'), large], 'run/2': [note('c')], 'run/3': [large, note('d')] };
      await open({ path: join(folder, 'elsewhere.db') }).append('run/1', 0, [large]);
      const heads = writeWithHeads(events);
      const store = open();
      expect(store.heads('')).toEqual(heads);
      for (const [stream, written] of Object.entries(events)) {
        expect(store.read(stream)).toEqual(written.map((event, index) => ({ stream, seq: index + 1, ...event })));
      }
      await store.append('run/2', 1, [note('more')]);
      await store.append('run/4', 0, [note('new')]);
      expect(store.verify()).toEqual({
        storageProblems: [],
        streams: [3, 2, 2, 1].map((count, index) => ({ stream: `run/${index + 1}`, status: 'intact', events: count })),
      });
      expect(open({ readOnly: true }).read('run/2')).toHaveLength(2);
      expect(journalVersion()).toBe(journalMigrations.length);
    });

    it.each([
      ['ends early', 'last_seq = 2'],
      ['ends late', 'last_seq = 9'],
      ['reaches into another stream', `last_seq = ${eventKeysPerStream + 5}`],
      ['is no number of events', 'last_seq = -1'],
      ['has another hash', `last_hash = '${'0'.repeat(64)}'`],
    ])('that kept a head which %s still blames that stream afterwards, and no other', async (_, change) => {
      writeWithHeads({ 'run/1': [note('a'), note('b'), note('c')], 'run/2': [note('c')] });
      behindTheBack(`UPDATE streams SET ${change} WHERE name = 'run/1'`);
      const store = open();
      expect(store.verify()).toMatchObject({ storageProblems: [], streams: [{ status: 'damaged' }, { status: 'intact', events: 1 }] });
      await expect(store.append('run/1', 3, [note('d')])).rejects.toMatchObject({ code: 'journal.damaged' });
      await store.append('run/2', 1, [note('d')]);
    });

    it.each([false, true])('is refused when it is newer than this program (readOnly: %s)', async (readOnly) => {
      await open().close();
      setVersion(journalMigrations.length + 1);
      expect(() => open({ readOnly })).toThrow(expect.objectContaining({ code: 'journal.newerSchema' }));
      expect(journalVersion()).toBe(journalMigrations.length + 1);
    });

    it('is not brought up to date by a reader', () => {
      new Database(path).exec('CREATE TABLE something (x)').close();
      expect(() => open({ readOnly: true })).toThrow(expect.objectContaining({ code: 'host.readOnly' }));
      expect(journalVersion()).toBe(0);
    });

    it('of a file that is no database is refused as damage', () => {
      writeFileSync(path, 'this is not a database, but it is long enough to look at'.repeat(100));
      for (const readOnly of [false, true]) expect(() => open({ readOnly })).toThrow(expect.objectContaining({ code: 'journal.damaged' }));
    });
  });

  describe('opened for reading', () => {
    it('sees what the writer commits, also afterwards, and writes nothing', async () => {
      const writer = open();
      await writer.append('run/1', 0, [note('a')]);
      const reader = open({ readOnly: true });
      expect(reader.read('run/1')).toHaveLength(1);
      await writer.append('run/1', 1, [note('b')]);
      expect([reader.head('run/1'), reader.read('run/1').length]).toEqual([writer.head('run/1'), 2]);
      expect(reader.verify()).toEqual({ storageProblems: [], streams: [{ stream: 'run/1', status: 'intact', events: 2 }] });
      await expect(reader.append('run/1', 2, [note('x')])).rejects.toMatchObject({ code: 'host.readOnly' });
      reader.saveProjection({ name: 'runs', key: 'a', seq: 1, value: '1' });
      expect(writer.loadProjections('runs')).toEqual([]);
    });

    it('is read from a copy where SQLite cannot share a WAL, also when there is none to copy', async () => {
      const writer = open();
      await writer.append('run/1', 0, [note('a')]);
      await writer.close();
      // No WAL can be made here.
      symlinkSync(join(folder, 'nowhere', 'wal'), `${path}-wal`);
      const reader = open({ readOnly: true });
      expect(reader.verify().streams).toEqual([{ stream: 'run/1', status: 'intact', events: 1 }]);
      expect(readdirSync(folder)).toEqual(['journal.db', 'journal.db-wal']);
    });

    it('shows an empty journal where there is none, and creates nothing', () => {
      const reader = open({ readOnly: true });
      expect([reader.heads(''), reader.read('run/1'), reader.verify()]).toEqual([[], [], { storageProblems: [], streams: [] }]);
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  describe('verify', () => {
    it('reports events whose stream was lost', async () => {
      const store = open();
      await store.append('run/1', 0, [note('a')]);
      await store.append('run/2', 0, [note('a')]);
      behindTheBack("DELETE FROM streams WHERE name = 'run/1'");
      expect(store.verify()).toEqual({
        storageProblems: ['There are events of a stream whose name is lost (number 1).'],
        streams: [{ stream: 'run/2', status: 'intact', events: 1 }],
      });
    });

    it.each([
      ['was renamed', "UPDATE streams SET name = 'run/2'", 1],
      ['lost its newest event', `DELETE FROM events WHERE key = ${key(3)}`, 3],
      ['ends early by its end mark', `DELETE FROM events WHERE key = ${key(3)}; UPDATE events SET key = key - 1 WHERE key = ${key(4)}`, 2],
      ['ends late by its end mark', `UPDATE events SET key = ${key(10)} WHERE key = ${key(4)}`, 4],
      ['has another head hash', `UPDATE events SET hash = '${'0'.repeat(64)}' WHERE key = ${key(4)}`, 3],
      ['lost its end mark', `DELETE FROM events WHERE key = ${key(4)}`, 4],
      ['lost its newest event with the end mark', `DELETE FROM events WHERE key >= ${key(3)}`, 3],
      ['lost everything', 'DELETE FROM events', 1],
      ['goes on after its end mark', `INSERT INTO events SELECT ${key(5)}, type, version, at_ms, hash, blob, data FROM events LIMIT 1`, 4],
    ])('blames a stream that %s', async (_, sql, fromSeq) => {
      const store = open();
      await store.append('run/1', 0, ['a', 'b', 'c'].map(note));
      behindTheBack(sql);
      expect(store.verify().streams).toEqual([expect.objectContaining({ status: 'damaged', fromSeq })]);
      await store.close();
      const [{ stream } = { stream: '' }] = open().heads('');
      expect(() => open().read(stream)).toThrow(expect.objectContaining({ code: 'journal.damaged' }));
    });

    it('shows what is left of a stream whose end is unknown, and that it is not all', async () => {
      const store = open();
      await store.append('run/1', 0, ['a', 'b', 'c'].map(note));
      behindTheBack(`DELETE FROM events WHERE key >= ${key(3)}`);
      expect(store.read('run/1', { limit: 2 })).toHaveLength(2);
      expect(() => store.read('run/1', { afterSeq: 2 })).toThrow(expect.objectContaining({ details: expect.objectContaining({ seq: 3 }) }));
      await store.close();
      await expect(open().append('run/1', 2, [note('c')])).rejects.toMatchObject({ code: 'journal.damaged' });
    });

    it('goes on through more events than fit in one page of checking', async () => {
      const store = open();
      await store.append(
        'run/1',
        0,
        Array.from({ length: 1200 }, () => note('n')),
      );
      expect(store.verify().streams).toEqual([{ stream: 'run/1', status: 'intact', events: 1200 }]);
    });
  });
});

function open(options: Partial<SqliteEventStoreOptions> = {}): EventStore {
  const store = createSqliteEventStore({ path, blobFolder, ...options });
  opened.push(store);
  return store;
}

/** Where an event of the first stream of a journal lies. */
function key(seq: number): number {
  return eventKeysPerStream + seq;
}

function note(text: string): NewEvent {
  return { type: 'note.taken', version: 1, atMs: 1, data: { text } };
}

/** Writes a journal as Heddle did while the table of streams had their heads; gives these. Blobs must be there already. */
function writeWithHeads(journal: Readonly<Record<string, readonly NewEvent[]>>): StreamHead[] {
  const db = new Database(path);
  migrate(db, journalMigrations.slice(0, 4));
  const addStream = db.prepare("INSERT INTO streams (name, last_seq, last_hash) VALUES (?, 0, '')");
  const addEvent = db.prepare('INSERT INTO events (key, type, version, at_ms, hash, blob, data) VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const [stream, events] of Object.entries(journal)) {
    const id = Number(addStream.run(stream).lastInsertRowid);
    let link = firstLink(stream);
    for (const [index, event] of events.entries()) {
      const { seq, type, version, atMs, hash, blobHash, text } = chainEvent(link, index + 1, event);
      addEvent.run(id * eventKeysPerStream + seq, type, version, atMs, hash, blobHash ?? null, blobHash === undefined ? text : null);
      link = hash;
    }
  }
  const heads = db.prepare('SELECT name AS stream, last_seq AS lastSeq, last_hash AS lastHash FROM streams').all() as StreamHead[];
  db.close();
  return heads;
}

function behindTheBack(sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

function setVersion(version: number): void {
  behindTheBack(`PRAGMA user_version = ${version}`);
}

function journalVersion(): unknown {
  const db = new Database(path);
  const version = db.pragma('user_version', { simple: true });
  db.close();
  return version;
}
