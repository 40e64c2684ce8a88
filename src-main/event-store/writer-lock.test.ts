import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { acquireWriterLock, type LockHeld, readLockOwner, type WriterLock } from './writer-lock.ts';

let folder: string;
const me = { pid: process.pid, startedAtMs: 1 };

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'heddle-lock-')), 'workspace');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function acquire(): WriterLock {
  const lock = acquireWriterLock(folder, me);
  if ('heldBy' in lock) throw new Error('The lock is taken');
  return lock;
}

test('a lock names its owner while it is held, and says nothing more once released', () => {
  const lock = acquire();
  expect(readLockOwner(folder)).toEqual(me);
  const held: LockHeld | WriterLock = acquireWriterLock(folder, { pid: 1, startedAtMs: 2 });
  expect(held).toEqual({ heldBy: me });
  lock.announce({ ...me, port: 7 });
  expect(readLockOwner(folder)).toEqual({ ...me, port: 7 });
  lock.release();
  lock.release();
  lock.announce(me);
  expect(readdirSync(folder)).not.toContain('owner.json');
});

test('an owner that belongs to someone else lives, one that is gone does not', () => {
  const lock = acquire();
  const kill = vi.spyOn(process, 'kill');
  kill.mockImplementation(() => {
    throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
  });
  expect(readLockOwner(folder)).toEqual(me);
  kill.mockImplementation(() => {
    throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
  });
  expect(readLockOwner(folder)).toBeUndefined();
  kill.mockRestore();
  lock.release();
});

test('a lock whose owner cannot be written down is not kept', () => {
  mkdirSync(join(folder, 'owner.json'), { recursive: true });
  expect(acquire).toThrow(expect.objectContaining({ code: 'workspace.readOnly' }));
  rmSync(join(folder, 'owner.json'), { recursive: true });
  acquire().release();
});

test('a note that cannot be removed does not keep the lock', () => {
  const lock = acquire();
  rmSync(join(folder, 'owner.json'));
  mkdirSync(join(folder, 'owner.json'));
  lock.release();
  rmSync(join(folder, 'owner.json'), { recursive: true });
  acquire().release();
});

test('a lock that cannot be opened is no full disk', () => {
  mkdirSync(join(folder, 'lock.db'), { recursive: true });
  expect(acquire).toThrow(expect.objectContaining({ code: 'workspace.readOnly' }));
});

test.skipIf(!existsSync('/dev/full'))('a lock that there is no room for is refused as that', () => {
  mkdirSync(folder);
  // Whatever is written to it finds the disk full.
  symlinkSync('/dev/full', join(folder, 'owner.json.draft'));
  expect(acquire).toThrow(expect.objectContaining({ code: 'workspace.full', isRetryable: true }));
});

test('a place that is no folder is refused', () => {
  writeFileSync(folder, '');
  expect(acquire).toThrow(expect.objectContaining({ code: 'workspace.readOnly' }));
});
