import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSqliteSnapshotCache, type SnapshotCacheOptions, type SnapshotFile } from './sqlite-snapshot-cache.ts';

let folder: string;
const open: SnapshotFile[] = [];
const path = () => join(folder, 'snapshots.db');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-snapshots-'));
});
afterEach(() => {
  for (const cache of open.splice(0)) cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function createCache(options: Partial<SnapshotCacheOptions> = {}): SnapshotFile {
  const cache = createSqliteSnapshotCache({
    ...{ path: path(), build: () => 'b1', readOnly: false, linkAt: (stream, seq) => `${stream} ${seq}` },
    ...options,
  });
  open.push(cache);
  return cache;
}
const part = { hash: 'ab'.repeat(32), text: '{"x":1}' };
const snapshot = { seq: 5, root: part.hash };

/** A cache with one snapshot and its part, closed. */
function fill(): void {
  const cache = createCache();
  expect([cache.addParts([part]), cache.save('run/a', snapshot)]).toEqual([true, true]);
  cache.close();
}
const found = (cache: SnapshotFile) => [cache.find('run/a', 9), cache.readPart(part.hash)?.toString()];

test('the newest snapshot up to an event is found, with its parts, also after a restart', () => {
  fill();
  const cache = createCache();
  cache.save('run/a', { seq: 8, root: 'later' });
  expect(found(cache)).toEqual([{ seq: 8, root: 'later' }, part.text]);
  expect(cache.find('run/a', 7)).toEqual(snapshot);
  expect([cache.find('run/a', 4), cache.find('run/b', 9)]).toEqual([undefined, undefined]);
});

test('a snapshot of events that the journal no longer has is none, and none is kept of such', () => {
  fill();
  expect(found(createCache({ linkAt: () => 'another' }))).toEqual([undefined, part.text]);
  expect(createCache({ linkAt: () => undefined }).save('run/a', snapshot)).toBe(false);
});

test('what another build folded is thrown away', () => {
  fill();
  expect(found(createCache({ build: () => 'b2' }))).toEqual([undefined, undefined]);
});

test('who may only read finds what is there and changes nothing', () => {
  fill();
  const cache = createCache({ readOnly: true });
  cache.clear();
  expect([cache.addParts([part]), cache.save('run/a', { ...snapshot, seq: 8 })]).toEqual([false, false]);
  expect(found(cache)).toEqual([snapshot, part.text]);
});

test('who may only read has nothing where there is no file, and makes none', () => {
  expect(found(createCache({ readOnly: true }))).toEqual([undefined, undefined]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that became too large, or is none of ours, is replaced', () => {
  fill();
  expect(found(createCache({ mostBytes: 100 }))).toEqual([undefined, undefined]);
  for (const cache of open.splice(0)) cache.close();
  writeFileSync(path(), 'not a database, but long enough to be taken for the header of one that was damaged');
  fill();
  expect(found(createCache())).toEqual([snapshot, part.text]);
});

test('a damaged file that is met in the middle of work is removed, and nothing more is asked of it', () => {
  const cache = createCache();
  cache.addParts([part]);
  const other = new Database(path());
  other.exec('DROP TABLE snapshots');
  other.close();
  expect(cache.find('run/a', 9)).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  expect([cache.addParts([part]), cache.readPart(part.hash)]).toEqual([false, undefined]);
});

test('a damaged file is left to who may write', () => {
  fill();
  const other = new Database(path());
  other.exec('DROP TABLE parts; CREATE TABLE parts (hash BLOB, text BLOB)');
  const cache = createCache({ readOnly: true });
  expect(cache.find('run/a', 9)).toEqual(snapshot);
  other.exec('DROP TABLE parts');
  other.close();
  expect(cache.readPart(part.hash)).toBeUndefined();
  expect(readdirSync(folder)).toContain('snapshots.db');
});

test('where there can be no file there is no cache', () => {
  mkdirSync(path());
  const cache = createCache();
  expect(found(cache)).toEqual([undefined, undefined]);
  expect([cache.addParts([part]), cache.save('run/a', snapshot)]).toEqual([false, false]);
});

test('everything is forgotten when that is asked for, and nothing after it was closed', () => {
  fill();
  const cache = createCache();
  cache.clear();
  expect(found(cache)).toEqual([undefined, undefined]);
  cache.close();
  expect(cache.addParts([part])).toBe(false);
});
