import { existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSqliteEventStore } from './sqlite-event-store.ts';
import { createWalRoom } from './wal-room.ts';

const step = 256 * 1024;
const full = 1024 * 4120;

let folder: string;
const path = () => join(folder, 'journal.db');
const walBytes = () => statSync(`${path()}-wal`).size;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-room-'));
  writeFileSync(path(), 'a journal');
  writeFileSync(`${path()}-wal`, 'some commits');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the WAL gets room once, and again when the commits have used it up', () => {
  const room = createWalRoom(path());
  room.keepAhead();
  room.keepAhead();
  expect(walBytes()).toBe(12 + step);
  truncateSync(`${path()}-wal`, 12 + step + 4120);
  room.keepAhead();
  expect(walBytes()).toBe(12 + step + 4120 + step);
  room.close();
  room.keepAhead();
  expect(walBytes()).toBe(12 + step + 4120 + step);
});

test('it gets no more than a WAL grows to', () => {
  truncateSync(`${path()}-wal`, full - 100);
  const room = createWalRoom(path());
  room.keepAhead();
  expect(walBytes()).toBe(full);
  truncateSync(`${path()}-wal`, full + 100);
  room.keepAhead();
  expect(walBytes()).toBe(full + 100);
  room.close();
});

test('on a disk that is filling up the WAL is left as it is', () => {
  const room = createWalRoom(path(), () => 100 * 1024 * 1024);
  room.keepAhead();
  expect(walBytes()).toBe(12);
});

test('where there is no WAL, none is made', () => {
  rmSync(`${path()}-wal`);
  const room = createWalRoom(path());
  room.keepAhead();
  room.close();
  expect(existsSync(`${path()}-wal`)).toBe(false);
});

test('a journal that is opened after its writer died reads what was written before the zeros', async () => {
  rmSync(path());
  rmSync(`${path()}-wal`);
  const options = { path: path(), blobFolder: join(folder, 'blobs') };
  const died = createSqliteEventStore(options);
  const events = Array.from({ length: 5 }, (_, index) => ({ type: 'log.written', version: 1, atMs: index, data: { index } }));
  for (const [index, event] of events.entries()) await died.append('run/a', index, [event]);
  expect(walBytes()).toBeGreaterThan(step);
  const after = createSqliteEventStore(options);
  expect(after.read('run/a').map(({ data }) => data)).toEqual(events.map(({ data }) => data));
  expect(after.verify().streams).toEqual([{ stream: 'run/a', status: 'intact', events: 5 }]);
  await after.close();
  await died.close();
});
