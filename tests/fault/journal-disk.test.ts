import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '#main/event-store/event-store.ts';
import { createMemoryDisk, createMemoryEventStore } from '#main/event-store/memory-event-store.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import { spawnTalking } from '../support/child-lines.ts';

const program = fileURLToPath(new URL('../support/appending-program.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;
const hasCompiler = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

let folder: string;
let mounted: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-disk-'));
});
afterEach(() => {
  if (mounted !== undefined) execFileSync('umount', ['--lazy', mounted]);
  mounted = undefined;
  rmSync(folder, { recursive: true, force: true });
});

describe('a full disk', () => {
  it('stops the stream, keeps reads working, and lets it go on after space was freed, without a reopen', async () => {
    const disk = smallDisk();
    const store = openIn(disk.folder, disk.maxPageCount);
    const acknowledged = await fill(store, 'run/1', 2000);
    expect(acknowledged).toBeGreaterThan(20);
    expect(store.stopReason('run/1')).toMatch(/Free some space/);
    // The hole that must not appear: a smaller event would still fit.
    await expect(store.append('run/1', acknowledged, [note('small')])).rejects.toMatchObject({ code: 'journal.stopped' });
    expect(store.read('run/1')).toHaveLength(acknowledged);
    await disk.free(store);
    const reopened = disk.needsReopen ? openIn(disk.folder, undefined) : store;
    reopened.resume('run/1');
    await reopened.append('run/1', acknowledged, [note('after')]);
    expect(reopened.verify()).toEqual({ storageProblems: [], streams: [{ stream: 'run/1', status: 'intact', events: acknowledged + 1 }] });
    await reopened.close();
  });

  it('leaves no hole at 30 different places to run full, small events after large ones', async () => {
    for (let round = 0; round < 30; round += 1) {
      const place = join(folder, `${round}`);
      const store = openIn(place, 12 + 2 * round);
      const pending: Promise<unknown>[] = [];
      let expectedSeq = 0;
      for (let turn = 0; turn < 40; turn += 1) {
        pending.push(store.append('run/1', expectedSeq, [note('x'.repeat(turn % 3 === 0 ? 20_000 : 10))]));
        expectedSeq += 1;
        if (turn % (1 + (round % 4)) === 0) await Promise.allSettled(pending);
      }
      const outcomes = await Promise.allSettled(pending);
      const acknowledged = outcomes.filter(({ status }) => status === 'fulfilled').length;
      expect(outcomes.slice(0, acknowledged).every(({ status }) => status === 'fulfilled')).toBe(true);
      expect(store.read('run/1')).toHaveLength(acknowledged);
      await store.close();
      const reopened = openIn(place, undefined);
      expect(reopened.verify()).toEqual({
        storageProblems: [],
        streams: acknowledged === 0 ? [] : [{ stream: 'run/1', status: 'intact', events: acknowledged }],
      });
      await reopened.close();
    }
  });

  /** A real one where the right to mount is there, otherwise SQLite's own page limit, which only a reopen lifts. */
  function smallDisk(): { folder: string; maxPageCount: number | undefined; needsReopen: boolean; free(store: EventStore): Promise<void> } {
    const place = join(folder, 'small');
    mkdirSync(place);
    if (!isRoot || process.platform !== 'linux' || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]).status !== 0) {
      return { folder: place, maxPageCount: 60, needsReopen: true, free: (store) => store.close() };
    }
    mounted = place;
    writeFileSync(join(place, 'ballast'), Buffer.alloc(300_000));
    return { folder: place, maxPageCount: undefined, needsReopen: false, free: async () => rmSync(join(place, 'ballast')) };
  }
});

describe('a disk that cannot be written', () => {
  it.skipIf(!isRoot || process.platform !== 'linux')(
    'is read all the same, with what a killed writer left in the WAL, and refused for writing',
    async (context) => {
      const place = join(folder, 'read-only');
      mkdirSync(place);
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', place]).status !== 0)
        return context.skip('mounting is not allowed here');
      mounted = place;
      // Room enough for all that it writes until somebody finds the time to kill it.
      const child = spawnTalking(process.execPath, [program, place, '200']);
      let atLeast = 0;
      for (let line = 0; line < 20; line += 1) atLeast = acknowledgedBy(await child.nextLine());
      await child.kill('SIGKILL');
      rmSync(join(place, 'journal.db-shm'));
      execFileSync('mount', ['-o', 'remount,ro', place]);
      const store = createSqliteEventStore({ path: join(place, 'journal.db'), blobFolder: join(place, 'blobs'), readOnly: true });
      expect(store.read('run/1').length).toBeGreaterThanOrEqual(atLeast);
      expect(store.verify().streams).toEqual([{ stream: 'run/1', status: 'intact', events: store.head('run/1').lastSeq }]);
      await store.close();
      expect(() => openIn(place, undefined)).toThrow(expect.objectContaining({ code: 'workspace.readOnly' }));
    },
  );
});

describe('a disk error', () => {
  it.skipIf(process.platform === 'win32')('ends the whole writer, until it is opened again: a write that fails', async () => {
    // A limit on the file size makes write(2) fail with EFBIG, which SQLite reports as SQLITE_IOERR_WRITE.
    const said = await talk('/bin/bash', ['-c', 'ulimit -f 400; exec "$0" "$@"', process.execPath, program, folder, '2000']);
    await expectFatal(said);
  });

  it.skipIf(!hasCompiler)('ends the whole writer, until it is opened again: an fsync that fails', async () => {
    const shim = join(folder, 'shim.so');
    const source = join(folder, 'shim.c');
    writeFileSync(source, failingFsync);
    execFileSync('gcc', ['-shared', '-fPIC', '-o', shim, source, '-ldl']);
    await expectFatal(await talk(process.execPath, [program, folder, '200'], { LD_PRELOAD: shim }));
  });

  it('means the same to the journal in memory', async () => {
    const disk = createMemoryDisk();
    const store = createMemoryEventStore({ disk });
    await store.append('run/1', 0, [note('a')]);
    store.failNextWrite('io');
    await expect(store.append('run/1', 1, [note('b')])).rejects.toMatchObject({ code: 'journal.writeFailed' });
    await expect(store.append('run/2', 0, [note('b')])).rejects.toMatchObject({ code: 'journal.stopped' });
    expect(() => store.resume('run/1')).toThrow(expect.objectContaining({ code: 'journal.stopped' }));
    expect(store.stopReason('run/3')).toMatch(/error/);
    expect(store.read('run/1')).toHaveLength(1);
    const reopened = createMemoryEventStore({ disk });
    await reopened.append('run/1', 1, [note('b')]);
  });

  async function expectFatal(said: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const acknowledged = said.filter((line) => 'acknowledged' in line).length;
    expect(acknowledged).toBeGreaterThan(2);
    expect(said.slice(acknowledged)).toEqual([
      { refused: 'journal.writeFailed', message: expect.stringContaining('SQLITE_IOERR') },
      { other: 'journal.stopped' },
      { resume: 'journal.stopped' },
      { stillReadable: acknowledged },
    ]);
    const store = openIn(folder, undefined);
    const events = store.head('run/1').lastSeq;
    expect(store.verify()).toEqual({ storageProblems: [], streams: [{ stream: 'run/1', status: 'intact', events }] });
    expect(events).toBeGreaterThanOrEqual(acknowledged);
    await store.append('run/1', events, [note('again')]);
    await store.close();
  }
});

describe('a killed writer', () => {
  it('has every event on disk that it acknowledged, 9 times over', async () => {
    let atLeast = 0;
    for (let round = 0; round < 9; round += 1) {
      const child = spawnTalking(process.execPath, [program, folder, round % 3 === 0 ? '300000' : '200']);
      for (let line = 0; line < 3 + round * 8; line += 1) atLeast = acknowledgedBy(await child.nextLine());
      child.process.kill('SIGKILL');
      for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) atLeast = acknowledgedBy(line);
      await child.kill('SIGKILL');
      const store = openIn(folder, undefined);
      const verdict = store.verify();
      expect(verdict.storageProblems).toEqual([]);
      expect(verdict.streams).toEqual([{ stream: 'run/1', status: 'intact', events: store.head('run/1').lastSeq }]);
      expect(store.head('run/1').lastSeq).toBeGreaterThanOrEqual(atLeast);
      await store.close();
    }
    expect(readFileSync(join(folder, 'journal.db')).length).toBeGreaterThan(0);
  });
});

function acknowledgedBy(line: unknown): number {
  const { acknowledged } = line as { acknowledged?: unknown };
  if (typeof acknowledged !== 'number') throw new Error(`The writer said ${JSON.stringify(line)}.`);
  return acknowledged;
}

async function talk(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Record<string, unknown>[]> {
  const child = spawnTalking(command, args, env);
  const said: Record<string, unknown>[] = [];
  for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) said.push(line as Record<string, unknown>);
  await child.end();
  return said;
}

/** Appends until the disk is full; gives the number of events acknowledged. */
async function fill(store: EventStore, stream: string, bytes: number): Promise<number> {
  for (let seq = 0; ; seq += 1) {
    try {
      await store.append(stream, seq, [note('x'.repeat(bytes))]);
    } catch (error) {
      expect(error).toMatchObject({ code: 'journal.writeFailed' });
      return seq;
    }
  }
}

function openIn(place: string, maxPageCount: number | undefined): EventStore {
  return createSqliteEventStore({
    path: join(place, 'journal.db'),
    blobFolder: join(place, 'blobs'),
    ...(maxPageCount === undefined ? {} : { maxPageCount }),
  });
}

function note(text: string): NewEvent {
  return { type: 'note.taken', version: 1, atMs: 1, data: { text } };
}

/** From the tenth sync of the WAL on, none succeeds. */
const failingFsync = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static int is_failing(int fd) {
  static int count;
  char link[64], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, "journal.db-wal") && ++count >= 10;
}
int fsync(int fd) {
  if (is_failing(fd)) { errno = EIO; return -1; }
  return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd);
}
int fdatasync(int fd) {
  if (is_failing(fd)) { errno = EIO; return -1; }
  return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
`;
