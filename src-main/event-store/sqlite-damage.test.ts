import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type BlobFiles, createBlobFiles } from './blob-files.ts';
import { chainEvent, firstLink, sha256 } from './chain.ts';
import { blobThresholdBytes } from './event-store.ts';
import { eventKeysPerStream, maxEventsPerStream } from './migrations.ts';
import { createSqliteEventStore, type SqliteEventStore } from './sqlite-event-store.ts';
import { createJournalReader, type JournalReader } from './sqlite-reader.ts';
import { createSqliteWriter } from './sqlite-writer.ts';
import { syncFile } from './sync-file.ts';

let folder: string;
let store: SqliteEventStore;
let db: Database.Database;
let blobs: BlobFiles;
const note = (text: string) => ({ type: 'note.taken', version: 1, atMs: 1, data: { text } });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-damage-'));
  store = createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
  await store.append('run/a', 0, [note('a'), note('b'), note('c')]);
  db = new Database(join(folder, 'journal.db'));
  blobs = createBlobFiles(join(folder, 'blobs'));
});
afterEach(async () => {
  db.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (): JournalReader => createJournalReader(db, blobs);

/** A database in which one kind of statement fails when it is used, from some time on. */
function readerThatFailsAt(sql: RegExp, error: Error, andThen: Error = error): JournalReader {
  let next = error;
  const failing = (): never => {
    const thrown = next;
    next = andThen;
    throw thrown;
  };
  const prepare = (text: string): unknown => {
    const statement = db.prepare(text);
    if (!sql.test(text)) return statement;
    const broken = { get: failing, all: failing, iterate: failing };
    return { ...broken, pluck: () => broken };
  };
  return createJournalReader({ prepare } as unknown as Database.Database, blobs);
}
const corrupt = new Database.SqliteError('malformed', 'SQLITE_CORRUPT');
const bug = new TypeError('a bug');

/** What only a damaged page can hold: the tables themselves take nothing but what belongs there. */
function withoutTypes(table: string): void {
  const columns = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  db.exec(
    `CREATE TABLE loose AS SELECT ${columns.map((name) => `"${name}"`).join(', ')} FROM ${table}; DROP TABLE ${table}; ALTER TABLE loose RENAME TO ${table}`,
  );
}

describe('reading', () => {
  const row = { id: 1, name: 'run/a', lastSeq: 3, lastHash: '', endProblem: undefined };

  test.each<[string, RegExp, (reader: JournalReader) => unknown]>([
    ['the table of streams by name', /WHERE name = /, (reader) => reader.findStream('run/a')],
    ['the list of streams', /WHERE name >= /, (reader) => reader.listStreams('')],
    ['the ends of streams', /DESC LIMIT 1/, (reader) => reader.listStreams('')],
    ['the streams that are left', /streams/, (reader) => reader.findStream('run/a')],
    ['events', /LIMIT \?/, (reader) => reader.readStretch(row, 0, 10)],
    ['a link', /SELECT hash FROM events/, (reader) => reader.readStretch(row, 1, 10)],
    ['packs', /FROM packs/, (reader) => reader.readStretch(row, 0, 10)],
    ['stray events', /SELECT key FROM events/, (reader) => reader.checkAll()],
  ])('%s never takes a bug for damage, nor damage for a bug', (_, sql, look) => {
    expect(() => look(readerThatFailsAt(sql, bug))).toThrow(bug);
    expect(() => look(readerThatFailsAt(sql, corrupt))).not.toThrow();
  });

  test('never takes a bug for damage where it looks for what is left', () => {
    expect(() => readerThatFailsAt(/FROM streams/, corrupt, bug).findStream('run/a')).toThrow(bug);
  });

  test('finds what is left beside what cannot be read, and says so', () => {
    const byName = readerThatFailsAt(/WHERE name = /, corrupt);
    expect(byName.findStream('run/a')).toEqual(open().findStream('run/a'));
    expect(byName.findStream('run/z')).toBeUndefined();
    expect(readerThatFailsAt(/WHERE name >= /, corrupt).listStreams('run/')).toEqual({
      rows: [open().findStream('run/a')],
      problems: ['The list of streams is damaged, some may be missing: malformed'],
    });
    expect(readerThatFailsAt(/DESC LIMIT 1/, corrupt).findStream('run/a')).toMatchObject({
      lastSeq: 0,
      endProblem: 'The end of the stream cannot be read: malformed.',
    });
    expect(readerThatFailsAt(/SELECT hash FROM events/, corrupt).readStretch(row, 1, 10)).toEqual({
      events: [],
      damage: { fromSeq: 1, reason: 'Event 1 is missing.' },
    });
    expect(readerThatFailsAt(/FROM packs/, corrupt).readStretch(row, 0, 10)).toEqual({
      events: [],
      damage: { fromSeq: 1, reason: 'Event 1 cannot be read: malformed.' },
    });
  });

  test('passes over a stream whose name is no text', () => {
    withoutTypes('streams');
    db.exec("UPDATE streams SET name = x'ff'");
    expect(open().listStreams('').rows).toEqual([]);
    expect(readerThatFailsAt(/WHERE name = /, corrupt).findStream('run/a')).toBeUndefined();
    expect(open().checkAll().storageProblems).toContain('There are events of a stream whose name is lost (number 1).');
  });

  test('blames a stream of which only the end mark is left', () => {
    db.exec(`DELETE FROM events WHERE key < ${eventKeysPerStream + 4}; UPDATE events SET key = ${eventKeysPerStream + 1}`);
    const found = open().findStream('run/a');
    expect(found && open().checkTail(found)).toEqual({ fromSeq: 1, reason: 'The head of the stream is empty.' });
  });
});

describe('a pack', () => {
  const read = () => {
    const reader = open();
    const row = reader.findStream('run/a');
    if (row === undefined) throw new Error('no run/a');
    const { events, damage } = reader.readStretch(row, 0, 10);
    return [events.map(({ seq }) => seq), damage];
  };

  test('whose blob is gone gives what comes before that', async () => {
    const large = { text: 'x'.repeat(blobThresholdBytes) };
    await store.append('run/a', 3, [{ ...note(''), data: large }]);
    await store.upkeep.pack('run/a');
    rmSync(join(folder, 'blobs'), { recursive: true });
    expect(read()).toEqual([[1, 2, 3], { fromSeq: 4, reason: `The blob ${sha256(JSON.stringify(large))} of event 4 is missing.` }]);
  });

  test('that says another end than its events come to is not believed', async () => {
    await store.upkeep.pack('run/a');
    db.exec("UPDATE packs SET hash = 'another'");
    expect(read()).toEqual([
      [],
      { fromSeq: 1, reason: 'The packed events are not those that were packed: their chain does not end as it did.' },
    ]);
  });

  test.each(["events = 'many'", "data = 'text'", 'events = 2'])('in which %s cannot be unpacked', async (change) => {
    await store.upkeep.pack('run/a');
    withoutTypes('packs');
    db.exec(`UPDATE packs SET ${change}`);
    const [events, damage] = read();
    expect([events, damage]).toEqual([[], expect.objectContaining({ fromSeq: 1 })]);
  });

  test('takes no more text than one pack shall have, and a larger event alone', async () => {
    const large = 'x'.repeat(200_000);
    await store.append(
      'run/b',
      0,
      Array.from({ length: 12 }, () => note(large)),
    );
    await store.upkeep.pack('run/b');
    const events = db
      .prepare(`SELECT events FROM packs WHERE key > ${2 * eventKeysPerStream} ORDER BY key`)
      .pluck()
      .all();
    expect(events).toEqual([5, 5, 2]);
  });
});

test('a stream that is full takes no event', () => {
  const writer = createSqliteWriter(db, blobs, open());
  const tooFar = chainEvent(firstLink('run/z'), maxEventsPerStream + 1, note('x'));
  expect(() => writer.commit([{ stream: 'run/z', events: [tooFar] }])).toThrow(RangeError);
});

test('Windows syncs files that it may write, and no folders', () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'x');
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  try {
    // Opened for writing, as a file there has to be, a folder would be refused.
    syncFile(folder);
    syncFile(file);
    expect(() => syncFile(join(folder, 'nowhere'))).toThrow('ENOENT');
    blobs.write(sha256('text'), 'text');
  } finally {
    platform.mockRestore();
  }
  expect([readFileSync(file, 'utf8'), blobs.read(sha256('text'))]).toEqual(['x', 'text']);
});
