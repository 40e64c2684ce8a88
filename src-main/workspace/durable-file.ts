import { randomBytes } from 'node:crypto';
import { constants, type PathLike } from 'node:fs';
import { copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from './disk-refusals.ts';

/**
 * Replaces a file's content so that after a crash or a full disk either the old or the new text is there, whole:
 * written beside it, fsynced, renamed over it, and the folder fsynced. Rejects with the system's error.
 */
export async function replaceFile(path: string, text: string, mode?: number): Promise<void> {
  await withTemporaryFile(path, text, mode, async (temporary) => rename(temporary, path));
}

/** As `replaceFile`, but rejects with `EEXIST` instead of replacing anything. */
export async function createFile(path: string, text: string, mode?: number): Promise<void> {
  await withTemporaryFile(path, text, mode, async (temporary) => {
    await linkOrCopy(temporary, path);
    await rm(temporary);
  });
}

/** Moves a file to a name that is free; rejects with `EEXIST` when it is not. */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await linkOrCopy(from, to);
  await rm(from);
  await syncFolder(dirname(to));
  await syncFolder(dirname(from));
}

async function withTemporaryFile(
  path: string,
  text: string,
  mode: number | undefined,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode ?? 0o666);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** A hard link never replaces; where the file system has none, an exclusive copy does as well, short of a crash half-way. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!hasNoHardLinks.has(errnoOf(error) ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}
const hasNoHardLinks: ReadonlySet<string> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EPERM', 'EMLINK']);

/** Makes a rename durable. Windows cannot open folders and needs no such thing. */
async function syncFolder(folder: PathLike): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
