import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import { throwIfCancelled } from '../deadline.ts';
import { toFileFailure } from './file-failure.ts';
import type { GrantedFolders, HeldFolder } from './granted-folders.ts';
import { isJournalFolder } from './path-form.ts';

/** A regular file found below a folder. */
export interface WalkedFile {
  readonly real: string;
  /** Relative to the folder the walk began in, with `/`. */
  readonly below: string;
  readonly sizeBytes: number;
}

export interface WalkOptions {
  readonly isRecursive: boolean;
  readonly signal: AbortSignal;
  /** Called once when the walk stops early because there is too much to see. */
  readonly onBound: () => void;
}

const mostEntries = 50_000;
const deepestFolder = 40;
/** Full of what nobody wrote; still walked when a call starts in one of them. */
const skippedFolders = new Set(['.git', 'node_modules']);

/**
 * The regular files below a granted folder, folder by folder in order of their names, so that a bounded walk finds the same files every
 * time. Symbolic links are not followed, a folder that may not be read is left out.
 */
export async function* walkFolder(folders: GrantedFolders, start: string, options: WalkOptions): AsyncGenerator<WalkedFile> {
  const waiting: WaitingFolder[] = [{ real: start, below: '', depth: 0 }];
  let roomForEntries = mostEntries;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    throwIfCancelled(options.signal);
    const entries = await readEntries(folders, folder, roomForEntries);
    roomForEntries -= entries.length;
    const subfolders: WaitingFolder[] = [];
    for (const { name, sizeBytes } of entries) {
      const place = { real: join(folder.real, name), below: folder.below === '' ? name : `${folder.below}/${name}` };
      if (sizeBytes !== undefined) yield { ...place, sizeBytes };
      else if (options.isRecursive && !skippedFolders.has(name)) subfolders.push({ ...place, depth: folder.depth + 1 });
    }
    if (roomForEntries <= 0 || (folder.depth >= deepestFolder && subfolders.length > 0)) options.onBound();
    if (roomForEntries <= 0) return;
    if (folder.depth < deepestFolder) waiting.push(...subfolders.reverse());
  }
}

interface WaitingFolder {
  readonly real: string;
  readonly below: string;
  readonly depth: number;
}

/** A file with its size, or a folder without one. */
interface Entry {
  readonly name: string;
  readonly sizeBytes: number | undefined;
}

async function readEntries(folders: GrantedFolders, { real, depth }: WaitingFolder, most: number): Promise<readonly Entry[]> {
  try {
    const entries = await folders.withFolder(real, 'read', (folder) => readHeld(folder, most));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const failure = toFileFailure(error, folders.toShown(real), 'list');
    // Unreadable, gone meanwhile or never granted: not an answer to this call, unless it was the folder asked for.
    if (depth === 0 || !(failure instanceof HeddleError)) throw failure;
    return [];
  }
}

async function readHeld(folder: HeldFolder, most: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const { name } of await opendir(folder.at(''), { bufferSize: 256 })) {
    if (entries.length >= most) break;
    if (isJournalFolder(name)) continue;
    const stat = await lstat(folder.at(name)).catch(() => undefined);
    if (stat?.isFile()) entries.push({ name, sizeBytes: stat.size });
    else if (stat?.isDirectory()) entries.push({ name, sizeBytes: undefined });
  }
  return entries;
}
