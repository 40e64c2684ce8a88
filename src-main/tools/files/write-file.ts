import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { throwIfCancelled } from '../deadline.ts';
import { defineTool } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { toFileFailure } from './file-failure.ts';
import type { GrantedFolders, GrantedPath, HeldFolder } from './granted-folders.ts';

const input = z.strictObject({
  path: z
    .string()
    .describe('The file: relative to the workspace, or absolute inside a folder granted for writing. Missing folders are created.'),
  content: z.string().describe('The whole text to write.'),
  mode: z
    .enum(['create', 'overwrite', 'append'])
    .default('create')
    .describe('create: only when there is no such file yet; overwrite: replaces it; append: adds to its end.'),
});

const output = z.strictObject({
  path: z.string(),
  sizeBytes: z.int().describe('The size of the file now.'),
});

/**
 * The tool that writes a text file of a granted folder. `create` and `overwrite` replace the file at once (whoever reads it sees the old
 * or the new one, never a part) and change nothing when the content is there already, so they may be repeated, and a repeated call answers
 * what the first one answered; `append` may not.
 */
export function createWriteFile(folders: GrantedFolders, clock: Clock): Tool {
  return defineTool({
    name: 'write_file',
    description: 'Writes a text file: creates it, replaces it, or appends to it.',
    input,
    output,
    effect: 'neither',
    effectOf: ({ mode }) => (mode === 'append' ? 'neither' : 'idempotent'),
    approval: 'always',
    timeoutMs: 30_000,
    outputCapBytes: 64 * 1024,
    clock,
    run: async ({ path, content, mode }, { signal }) => {
      const found = await folders.find(path, 'write');
      const bytes = Buffer.from(content);
      try {
        await createFolders(folders, found);
        throwIfCancelled(signal);
        return await folders.withFolder(dirname(found.real), 'write', async (folder) => {
          const name = basename(found.real);
          const existing = await statRegular(folder, name, found.shown);
          if (mode === 'append' && existing !== undefined) return await append(folder, name, bytes, found.shown);
          if (existing !== undefined && (await holds(folder, name, bytes))) return { path: found.shown, sizeBytes: bytes.length };
          if (mode === 'create' && existing !== undefined) throw toExists(found.shown);
          await replace(folder, name, bytes, { existing, mayReplace: mode === 'overwrite', shown: found.shown, signal });
          return { path: found.shown, sizeBytes: bytes.length };
        });
      } catch (error) {
        throw toFileFailure(error, found.shown, 'write');
      }
    },
  });
}

interface Replacement {
  readonly existing: Stats | undefined;
  readonly mayReplace: boolean;
  readonly shown: string;
  readonly signal: AbortSignal;
}

const noFollow = constants.O_NOFOLLOW ?? 0;
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;
const appendToFile = constants.O_WRONLY | constants.O_APPEND | noFollow | (constants.O_NONBLOCK ?? 0);

async function createFolders(folders: GrantedFolders, found: GrantedPath): Promise<void> {
  for (const missing of found.missingFolders) {
    await folders.withFolder(dirname(missing), 'write', async (folder) => {
      await mkdir(folder.at(basename(missing))).catch((error: NodeJS.ErrnoException) => {
        // Another call made it meanwhile; if it is not a folder, opening it will say so.
        if (error.code !== 'EEXIST') throw error;
      });
      await folder.sync();
    });
  }
}

/** Written beside the file under a name of its own, on disk before it takes the file's place. */
async function replace(
  folder: HeldFolder,
  name: string,
  bytes: Buffer,
  { existing, mayReplace, shown, signal }: Replacement,
): Promise<void> {
  const temporary = folder.at(`.${name.slice(0, 60)}.${randomBytes(6).toString('hex')}.part`);
  const target = folder.at(name);
  const handle = await open(temporary, newFile, existing === undefined ? 0o666 : existing.mode & 0o777);
  try {
    try {
      await handle.writeFile(bytes, { signal });
      await handle.sync();
    } finally {
      await handle.close();
    }
    throwIfCancelled(signal);
    if (mayReplace) await rename(temporary, target);
    else await placeNew(temporary, target, shown);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throwIfCancelled(signal);
    throw error;
  }
  await folder.sync();
}

/** A hard link refuses to replace what someone else made meanwhile, as rename would not. */
async function placeNew(temporary: string, target: string, shown: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw toExists(shown);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    // A file system without hard links (FAT): the look before the rename is all there is.
    await rename(temporary, target);
    return;
  }
  await unlink(temporary);
}

async function append(folder: HeldFolder, name: string, bytes: Buffer, shown: string) {
  const handle = await open(folder.at(name), appendToFile);
  try {
    const before = await handle.stat();
    if (!before.isFile()) throw toNotRegular(shown);
    if (before.nlink > 1) {
      throw new HeddleError(
        'tool.pathRefused',
        `${shown} has a second name elsewhere (a hard link), so appending could change a file outside. Overwrite it instead.`,
        {
          details: { path: shown },
        },
      );
    }
    await writeAll(handle, bytes, before.size);
    await handle.sync();
    return { path: shown, sizeBytes: before.size + bytes.length };
  } finally {
    await handle.close();
  }
}

/** Appends everything or, on a full disk, takes back the part that went in. */
async function writeAll(handle: FileHandle, bytes: Buffer, sizeBefore: number): Promise<void> {
  try {
    await handle.appendFile(bytes);
  } catch (error) {
    await handle.truncate(sizeBefore).catch(() => undefined);
    throw error;
  }
}

async function statRegular(folder: HeldFolder, name: string, shown: string): Promise<Stats | undefined> {
  try {
    const stat = await lstat(folder.at(name));
    if (!stat.isFile()) throw toNotRegular(shown);
    return stat;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function holds(folder: HeldFolder, name: string, bytes: Buffer): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(folder.at(name), constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0));
  } catch {
    // May be written but not read: then it is written.
    return false;
  }
  try {
    const stat = await handle.stat();
    return stat.isFile() && stat.size === bytes.length && (await handle.readFile()).equals(bytes);
  } finally {
    await handle.close();
  }
}

function toNotRegular(shown: string): HeddleError {
  return new HeddleError('tool.pathRefused', `${shown} is a folder, link, device, pipe or socket; only regular files are written.`, {
    details: { path: shown },
  });
}

function toExists(shown: string): HeddleError {
  return new HeddleError(
    'tool.failed',
    `${shown} exists already with other content. Use mode "overwrite" to replace it, or another name.`,
    {
      details: { path: shown, systemCode: 'EEXIST' },
    },
  );
}
