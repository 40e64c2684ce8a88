import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from './migrations.ts';
import { createProjectionTable, type ProjectionTable } from './sqlite-projections.ts';

let db: Database.Database;
let table: ProjectionTable;
let stops: string[];

beforeEach(() => {
  db = new Database(':memory:');
  migrate(db);
  stops = [];
  table = createProjectionTable(db, (reason) => void stops.push(reason));
});
afterEach(() => void db.close());

const one = { name: 'runs', key: 'a', seq: 3, value: '{"x":1}' };

test('a fold comes back as it was saved, and only under its name', () => {
  table.save(one);
  table.save({ ...one, key: 'b' });
  table.save({ ...one, name: 'other' });
  table.save({ ...one, seq: 4 });
  expect(table.load('runs')).toEqual([
    { ...one, seq: 4 },
    { ...one, key: 'b' },
  ]);
  table.delete('runs');
  expect([table.load('runs'), table.load('other')]).toEqual([[], [{ ...one, name: 'other' }]]);
});

test.each([
  ['has no seal', "UPDATE projections SET value = '{}'"],
  [
    'is no text',
    // Only a damaged page can say so of a column that takes nothing but text.
    "DROP TABLE projections; CREATE TABLE projections (name, key, seq, value); INSERT INTO projections VALUES ('runs', 'a', 3, x'00')",
  ],
  ['stands for another event than it was made of', 'UPDATE projections SET seq = 4'],
])('a fold that %s counts as missing', (_, damage) => {
  table.save(one);
  db.exec(damage);
  expect(table.load('runs')).toEqual([]);
});

test('a fold that cannot be read or written is only missing', () => {
  db.exec('DROP TABLE projections');
  expect(table.load('runs')).toEqual([]);
  table.save(one);
  expect(stops).toEqual([]);
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
});

test('an error of the disk stops the writer, and commits are synced again all the same', () => {
  db.function('broken_disk', () => {
    throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE');
  });
  db.exec('CREATE TRIGGER breaks BEFORE INSERT ON projections BEGIN SELECT broken_disk(); END');
  table.save(one);
  expect(stops).toEqual([expect.stringContaining('SQLITE_IOERR_WRITE')]);
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
});
