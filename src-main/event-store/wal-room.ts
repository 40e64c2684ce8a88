import { closeSync, fstatSync, openSync, statfsSync, writeSync } from 'node:fs';
import type { JournalMedium } from './append-queue.ts';

/** Keeps the WAL of an open journal longer than what is written to it. */
export interface WalRoom {
  /** Called after a commit, when nobody writes to the WAL. */
  keepAhead(): void;
  close(): void;
}

/** Keeps room for the commits that follow each. */
export function withRoom(medium: JournalMedium, room: WalRoom): JournalMedium {
  return {
    ...medium,
    commit(writes) {
      medium.commit(writes);
      room.keepAhead();
    },
  };
}

/**
 * A commit that makes its file longer waits for the file system's own journal besides, which takes about as long again. So what follows
 * the commits is filled with zeros a good way ahead, up to the size that a WAL reaches anyway; SQLite takes zeros for the end of what was
 * written. Where that cannot be done, or the disk is filling up, the WAL grows as it is written.
 */
export function createWalRoom(journalPath: string, countFreeBytes = freeBytesBeside): WalRoom {
  let file: number | undefined;
  let knownBytes = -1;
  let isDone = false;

  function grow(open: number, from: number): void {
    const bytes = Math.min(stepBytes, fullBytes - from);
    if (bytes <= 0 || countFreeBytes(journalPath) < spareBytes) close();
    else knownBytes = from + writeSync(open, Buffer.alloc(bytes), 0, bytes, from);
  }

  function close(): void {
    isDone = true;
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  return {
    keepAhead() {
      if (isDone) return;
      try {
        file ??= openSync(`${journalPath}-wal`, 'r+');
        const { size } = fstatSync(file);
        if (size !== knownBytes) grow(file, size);
      } catch {
        close();
      }
    },
    close,
  };
}

/** Some dozens of commits; zeroing it costs less than the first of them saves. */
const stepBytes = 256 * 1024;

/** SQLite begins the WAL anew when it has 1,000 pages, each with a header of 24 bytes. */
const fullBytes = 1024 * (4096 + 24);

/** On a disk with less than this, every byte is for what has to be written. */
const spareBytes = 256 * 1024 * 1024;

function freeBytesBeside(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
