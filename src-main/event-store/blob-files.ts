import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from './chain.ts';

/** Large payloads as files named by their SHA-256: equal content is stored once, and a name is also its checksum. */
export interface BlobFiles {
  /** Durable when it returns. */
  write(blobHash: string, text: string): void;
  /** The text, or undefined when there is no such file. The caller compares the hash. */
  read(blobHash: string): string | undefined;
}

/** Blobs in `folder/ab/cdef…`, written beside their place and renamed into it. */
export function createBlobFiles(folder: string): BlobFiles {
  const pathOf = (blobHash: string): string => join(folder, blobHash.slice(0, 2), blobHash.slice(2));

  function read(blobHash: string): string | undefined {
    try {
      return readFileSync(pathOf(blobHash), 'utf8');
    } catch {
      return undefined;
    }
  }

  return {
    read,
    write(blobHash, text) {
      const path = pathOf(blobHash);
      makeDurableFolder(dirname(path));
      const present = read(blobHash);
      // A file with the right name and the wrong content was damaged: writing it again heals it.
      if (present === undefined || sha256(present) !== blobHash) writeDurably(path, text);
      syncFolder(dirname(path));
    },
  };
}

function writeDurably(path: string, text: string): void {
  const draft = `${path}.${process.pid}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    const bytes = Buffer.from(text, 'utf8');
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

function makeDurableFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeDurableFolder(dirname(folder));
  // Not `recursive`: that would call an error of the disk a missing folder.
  mkdirSync(folder);
  syncFolder(dirname(folder));
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
