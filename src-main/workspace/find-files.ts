import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isHidden } from './workspace-paths.ts';

/** What a walk through the workspace found. */
export interface FoundFiles {
  /** Absolute paths of the files that matched, sorted. */
  readonly files: readonly string[];
  /** Every folder that was looked into, the root first: what has to be watched. */
  readonly folders: readonly string[];
  /** False when the workspace holds more folders than anyone wants to wait for. */
  readonly isComplete: boolean;
}

/** All files below `root` whose name matches; skips hidden folders and `node_modules` and never follows links. Rejects when `root` cannot be read. */
export async function findFiles(root: string, matches: (name: string) => boolean): Promise<FoundFiles> {
  const files: string[] = [];
  const folders: string[] = [root];
  for (let index = 0; index < folders.length && index < mostFolders; index++) {
    const folder = folders[index] ?? root;
    for (const entry of await entriesOf(folder, folder === root)) {
      if (isHidden(entry.name)) continue;
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) folders.push(join(folder, entry.name));
      if (entry.isFile() && matches(entry.name)) files.push(join(folder, entry.name));
    }
  }
  return { files: files.sort(), folders: folders.slice(0, mostFolders), isComplete: folders.length <= mostFolders };
}

const skippedFolders: ReadonlySet<string> = new Set(['node_modules']);
/** A walk over 5,000 folders takes about a second on a laptop; a workspace with more is probably a home folder opened by mistake. */
const mostFolders = 5_000;

/** A folder that vanishes or may not be read during the walk holds nothing; without the root there is no workspace. */
async function entriesOf(folder: string, isRoot: boolean): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isRoot) throw error;
    return [];
  }
}
