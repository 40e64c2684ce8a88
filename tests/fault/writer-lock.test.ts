import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireWriterLock, readLockOwner, type WriterLock } from '#main/event-store/writer-lock.ts';
import { spawnTalking, type TalkingChild } from '../support/child-lines.ts';

const program = fileURLToPath(new URL('../support/lock-holder-program.ts', import.meta.url));
const us = { pid: process.pid, startedAtMs: 5 };

let folder: string;
const children: TalkingChild[] = [];
const locks: WriterLock[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-lock-'));
});
afterEach(async () => {
  for (const lock of locks.splice(0)) lock.release();
  for (const child of children.splice(0)) await child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('the writer lock', () => {
  it('is held by one at a time, also within a process, and passes on when released', () => {
    const first = take();
    expect(acquireWriterLock(folder, us)).toEqual({ heldBy: us });
    first.release();
    first.release();
    expect(readLockOwner(folder)).toBeUndefined();
    take();
  });

  it('says who has it, with what the owner announced later', () => {
    const lock = take();
    lock.announce({ ...us, port: 4711, url: 'http://127.0.0.1:4711' });
    expect(acquireWriterLock(folder, us)).toEqual({ heldBy: { ...us, port: 4711, url: 'http://127.0.0.1:4711' } });
    if (process.platform !== 'win32') expect(statSync(join(folder, 'owner.json')).mode & 0o777).toBe(0o600);
  });

  it('keeps another process out until that owner is killed, and is free at once then', async () => {
    const owner = await start(4000);
    expect(owner.first).toEqual({ pid: owner.child.process.pid });
    expect(acquireWriterLock(folder, us)).toEqual({ heldBy: { pid: owner.child.process.pid, startedAtMs: 1, port: 4000 } });
    await owner.child.kill('SIGKILL');
    expect(existsSync(join(folder, 'owner.json'))).toBe(true);
    expect(readLockOwner(folder)).toBeUndefined();
    take();
    expect(readLockOwner(folder)).toEqual(us);
  });

  it('is not held by a process that merely stopped answering and was then killed, nor lost by one that is paused', async () => {
    const owner = await start(4000);
    owner.child.process.kill('SIGSTOP');
    expect(acquireWriterLock(folder, us)).toMatchObject({ heldBy: { port: 4000 } });
    await owner.child.kill('SIGKILL');
    take();
  });

  it('goes to exactly one of six processes that start at once, again and again', async () => {
    for (let round = 0; round < 2; round += 1) {
      const started = await Promise.all([1, 2, 3, 4, 5, 6].map((port) => start(port)));
      const winners = started.filter(({ first }) => 'pid' in (first as object));
      expect(winners).toHaveLength(1);
      await Promise.all(started.map(({ child }) => (round % 2 === 0 ? child.kill('SIGKILL') : child.end())));
    }
  });

  it.each([
    ['an owner that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startedAtMs: 1 })],
    ['a living process that has nothing to do with it', JSON.stringify({ pid: process.ppid, startedAtMs: 1 })],
    ['something unreadable', '{"pid":'],
  ])('ignores a stale note that names %s', (_, note) => {
    writeFileSync(join(folder, 'owner.json'), note);
    take();
    expect(readLockOwner(folder)).toEqual(us);
  });

  it('names no owner while the note is missing or names a dead process', () => {
    take();
    rmSync(join(folder, 'owner.json'));
    expect(acquireWriterLock(folder, us)).toEqual({ heldBy: undefined });
    writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, startedAtMs: 1 }));
    expect(acquireWriterLock(folder, us)).toEqual({ heldBy: undefined });
  });

  it('creates the folder, and refuses one that cannot be written', () => {
    const nested = join(folder, 'a', 'b');
    const lock = acquireWriterLock(nested, us);
    if ('heldBy' in lock) throw new Error('nobody else can have it');
    lock.release();
    writeFileSync(join(folder, 'file'), '');
    expect(() => acquireWriterLock(join(folder, 'file'), us)).toThrow(expect.objectContaining({ code: 'workspace.readOnly' }));
    if (process.getuid?.() === 0) return;
    chmodSync(nested, 0o500);
    expect(() => acquireWriterLock(nested, us)).toThrow(expect.objectContaining({ code: 'workspace.readOnly' }));
    chmodSync(nested, 0o700);
  });
});

function take(): WriterLock {
  const lock = acquireWriterLock(folder, us);
  if ('heldBy' in lock) throw new Error(`The lock is held by ${JSON.stringify(lock.heldBy)}.`);
  locks.push(lock);
  return lock;
}

async function start(port: number): Promise<{ child: TalkingChild; first: unknown }> {
  const child = spawnTalking(process.execPath, [program, folder, `${port}`]);
  children.push(child);
  return { child, first: await child.nextLine() };
}
