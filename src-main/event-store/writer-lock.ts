import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import { probeDisk } from './disk-probe.ts';
import { isBusy, isCannotOpen, isDiskFull } from './sqlite-errors.ts';

const lockOwnerSchema = z.object({
  pid: z.int().positive(),
  startedAtMs: z.number(),
  /** Where the owner can be reached, once it listens. */
  port: z.int().optional(),
  url: z.string().optional(),
});

/** Who writes to a workspace. */
export type LockOwner = z.infer<typeof lockOwnerSchema>;

/** The right to write, until it is released or the process ends, however it ends. */
export interface WriterLock {
  /** Tells other processes more about the owner, for instance its port once it listens. */
  announce(owner: LockOwner): void;
  release(): void;
}

/** The lock is taken. `heldBy` is undefined in the moment in which the owner has not said who it is. */
export interface LockHeld {
  readonly heldBy: LockOwner | undefined;
}

/**
 * Takes the one writer lock of a folder, or says who has it; never waits.
 *
 * The lock is a file lock on `lock.db` that the kernel drops with its process, so a crash leaves nothing to clean up.
 * `owner.json` beside it is only a note: who holds the lock is decided by the lock. `lock.db` must never be opened by other means,
 * because closing any handle of a file drops the POSIX locks that the process has on it.
 */
export function acquireWriterLock(folder: string, owner: LockOwner): WriterLock | LockHeld {
  const db = lockFile(folder);
  if (db === undefined) return { heldBy: readLockOwner(folder) };
  const ownerPath = join(folder, ownerFileName);
  let isReleased = false;

  function announce(newOwner: LockOwner): void {
    if (isReleased) return;
    const draft = `${ownerPath}.draft`;
    try {
      writeFileSync(draft, `${JSON.stringify(newOwner)}\n`, { mode: 0o600 });
      renameSync(draft, ownerPath);
    } catch (error) {
      throw toRefusal(folder, error);
    }
  }

  function release(): void {
    if (isReleased) return;
    isReleased = true;
    try {
      rmSync(ownerPath, { force: true });
    } catch {
      // Only a note, and a disk that does not let go of it must not keep the lock.
    }
    db?.close();
  }

  try {
    announce(owner);
  } catch (error) {
    db.close();
    throw error;
  }
  return { announce, release };
}

/** The living process named as owner; undefined when the note is missing, unreadable, or left by a process that is gone. */
export function readLockOwner(folder: string): LockOwner | undefined {
  try {
    const owner = lockOwnerSchema.parse(JSON.parse(readFileSync(join(folder, ownerFileName), 'utf8')));
    return isAlive(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

const ownerFileName = 'owner.json';

/** Opens and locks `lock.db`; undefined when another connection, here or elsewhere, has it. */
function lockFile(folder: string): Database.Database | undefined {
  let db: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    db = new Database(join(folder, 'lock.db'), { timeout: 0 });
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    if (isBusy(error)) return undefined;
    throw toRefusal(folder, error);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function toRefusal(folder: string, cause: unknown): HeddleError {
  // SQLite cannot open what it has no room to create, and does not say why.
  if (isDiskFull(isCannotOpen(cause) ? probeDisk(folder) : cause)) {
    return new HeddleError(
      'workspace.full',
      `The disk is full: nothing can be written to ${folder}. Free some space, or open the workspace for reading with --read-only.`,
      {
        details: { folder },
        isRetryable: true,
        cause,
      },
    );
  }
  return new HeddleError(
    'workspace.readOnly',
    `Nothing can be written to ${folder} (${(cause as Error).message}). Make it writable, or open the workspace for reading with --read-only.`,
    {
      details: { folder },
      cause,
    },
  );
}
