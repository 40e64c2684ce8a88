import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blobThresholdBytes } from './event-store.ts';
import { restoreBackup } from './restore-backup.ts';
import { checkBackup, openBackup } from './sqlite-backup.ts';
import { createSqliteEventStore, type SqliteEventStore } from './sqlite-event-store.ts';

const about = { atMs: 1_760_000_000_000, version: '1.2.3', workspace: 'here' };
let folder: string;
let stores: SqliteEventStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-backup-'));
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  stores = [];
  rmSync(folder, { recursive: true, force: true });
});

function toPlace(name: string) {
  return { folder: join(folder, name), path: join(folder, name, 'journal.db'), blobFolder: join(folder, name, 'blobs') };
}

function open(name: string, readOnly = false): SqliteEventStore {
  const store = createSqliteEventStore({ ...toPlace(name), readOnly });
  stores.push(store);
  return store;
}

const note = (text: string) => ({ type: 'note.taken', version: 1, atMs: 7, data: { text } });
const backupPath = (): string => join(folder, 'backups', 'one.heddle-backup');
const restore = (name: string, force = false) => restoreBackup(backupPath(), toPlace(name), { force, asideName: 'put-aside' });

describe('a backup', () => {
  test('holds every event and blob, checked, in one file that restores to the same journal', { timeout: 60_000 }, async () => {
    const store = open('a');
    for (let run = 0; run < 4; run += 1)
      await store.append(
        `run/${run}`,
        0,
        Array.from({ length: 700 }, (_, index) => note(`${run}.${index}`)),
      );
    await store.append('run/0', 700, [note('x'.repeat(blobThresholdBytes))]);
    await store.upkeep.pack('run/0');
    const written = await store.upkeep.backUp(backupPath(), about);
    expect(written).toMatchObject({ path: backupPath(), streams: 4, events: 2801, damaged: [] });
    expect(readdirSync(join(folder, 'backups'))).toEqual(['one.heddle-backup']);

    expect(await restore('b')).toEqual({ about, streams: 4, events: 2801, damaged: [], replacedPath: null });
    const restored = open('b');
    expect(restored.heads('')).toEqual(store.heads(''));
    for (const { stream } of store.heads('')) expect(restored.read(stream)).toEqual(store.read(stream));
    expect(restored.verify()).toEqual(store.verify());
    expect(readdirSync(toPlace('b').folder).filter((name) => name.startsWith('restoring'))).toEqual([]);
    await restored.append('run/1', 700, [note('on')]);
  });

  test('that is made while the journal is written to is a beginning of every stream, and has all that was acknowledged before', {
    timeout: 60_000,
  }, async () => {
    const store = open('a');
    const streams = Array.from({ length: 8 }, (_, index) => `run/${index}`);
    for (const stream of streams)
      await store.append(
        stream,
        0,
        Array.from({ length: 400 }, () => note('x'.repeat(900))),
      );
    let isDone = false;
    let appended = 0;
    const appending = Promise.all(
      streams.map(async (stream) => {
        for (let seq = 400; !isDone; seq += 1) {
          await store.append(stream, seq, [note(`later ${seq} ${'y'.repeat(700)}`)]);
          appended += 1;
        }
      }),
    );
    while (appended < 50) await turn();
    const acknowledged = store.heads('run/');
    const before = appended;
    const written = await store.upkeep.backUp(backupPath(), about);
    const during = appended - before;
    isDone = true;
    await appending;
    expect(written.damaged).toEqual([]);
    expect(during).toBeGreaterThan(20);
    await restore('b');
    const restored = open('b');
    for (const { stream, lastSeq } of acknowledged) {
      const events = restored.read(stream);
      expect(events.length).toBeGreaterThanOrEqual(lastSeq);
      expect(events).toEqual(store.read(stream, { limit: events.length }));
    }
  });

  test('can be made beside another process that appends without end', { timeout: 60_000 }, async () => {
    const { folder: place } = toPlace('a');
    const program = spawn(process.execPath, [join(import.meta.dirname, '../../tests/support/appending-program.ts'), place, '600'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: program.stdout });
      let acknowledged = 0;
      lines.on('line', (line) => {
        acknowledged = (JSON.parse(line) as { acknowledged: number }).acknowledged;
      });
      while (acknowledged < 300) await once(lines, 'line');
      const reader = open('a', true);
      const before = acknowledged;
      const { events, damaged } = await reader.upkeep.backUp(backupPath(), about);
      expect({ damaged, hasAll: events >= before }).toEqual({ damaged: [], hasAll: true });
      // It went on meanwhile.
      const afterwards = acknowledged;
      while (acknowledged <= afterwards) await once(lines, 'line');
      await restore('b');
      const restored = open('b').read('run/1');
      expect(restored).toHaveLength(events);
      expect(restored).toEqual(reader.read('run/1', { limit: events }));
    } finally {
      program.kill('SIGKILL');
    }
  });

  test('overwrites nothing', { timeout: 60_000 }, async () => {
    const store = open('a');
    await store.append('run/1', 0, [note('a')]);
    await store.upkeep.backUp(backupPath(), about);
    const bytes = readFileSync(backupPath());
    await expect(store.upkeep.backUp(backupPath(), about)).rejects.toMatchObject({ code: 'backup.exists' });
    expect(readFileSync(backupPath())).toEqual(bytes);
  });

  test('of a journal with a damaged stream has the others, and says which is damaged', { timeout: 60_000 }, async () => {
    const store = open('a');
    await store.append('run/1', 0, [note('whole')]);
    await store.append('run/2', 0, [note('x'.repeat(blobThresholdBytes))]);
    rmSync(toPlace('a').blobFolder, { recursive: true });
    expect(await store.upkeep.backUp(backupPath(), about)).toMatchObject({ streams: 2, events: 1, damaged: ['run/2'] });
    await expect(restore('b')).rejects.toMatchObject({ code: 'backup.damaged' });
    expect(existsSync(toPlace('b').path)).toBe(false);
    await restore('b', true);
    expect(open('b').read('run/1')).toHaveLength(1);
  });

  test('that was changed is refused', { timeout: 60_000 }, async () => {
    const store = open('a');
    await store.append(
      'run/1',
      0,
      Array.from({ length: 300 }, () => note('findable text')),
    );
    await store.upkeep.backUp(backupPath(), about);
    const bytes = readFileSync(backupPath());
    bytes[bytes.lastIndexOf('findable')] = 0x46;
    writeFileSync(backupPath(), bytes);
    expect((await checkBackup(backupPath())).damaged).toEqual(['run/1']);
    await expect(restore('b')).rejects.toMatchObject({ code: 'backup.damaged' });
    writeFileSync(backupPath(), 'not a backup');
    await expect(restore('b', true)).rejects.toMatchObject({ code: 'backup.damaged' });
    expect(() => openBackup(toPlace('a').path)).toThrow(/is not a backup/);
  });
});

describe('restoring', () => {
  test('refuses to take the place of a journal, and with force puts it aside', { timeout: 60_000 }, async () => {
    const store = open('a');
    await store.append('run/1', 0, [note('backed up')]);
    await store.upkeep.backUp(backupPath(), about);
    await store.append('run/1', 1, [note('since then')]);
    await store.close();
    await expect(restore('a')).rejects.toMatchObject({ code: 'journal.exists' });
    expect(open('a').read('run/1')).toHaveLength(2);
    await Promise.all(stores.map((opened) => opened.close()));

    const { replacedPath } = await restore('a', true);
    expect(open('a').read('run/1')).toHaveLength(1);
    expect(replacedPath).toBe(join(folder, 'a', 'put-aside'));
    expect(open(join('a', 'put-aside')).read('run/1')).toHaveLength(2);
  });

  test('takes the place of a journal that cannot even be opened', { timeout: 60_000 }, async () => {
    const store = open('a');
    await store.append('run/1', 0, [note('backed up')]);
    await store.upkeep.backUp(backupPath(), about);
    await store.close();
    writeFileSync(toPlace('a').path, 'rubbish');
    writeFileSync(`${toPlace('a').path}-wal`, 'more rubbish');
    await restore('a', true);
    expect(open('a').read('run/1')).toHaveLength(1);
    expect(readFileSync(join(folder, 'a', 'put-aside', 'journal.db'), 'utf8')).toBe('rubbish');
  });
});
