import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import { isMissing, toDiskRefusal } from './disk-refusals.ts';
import { isHidden, resolveInWorkspace } from './workspace-paths.ts';

/** One entry of a folder. `path` is relative to the workspace. */
export interface FolderEntry {
  readonly name: string;
  readonly path: string;
  readonly type: 'file' | 'folder';
  readonly bytes: number;
}

/** The beginning of a file as text. */
export interface TextOfFile {
  readonly path: string;
  readonly text: string;
  readonly bytes: number;
  readonly isTruncated: boolean;
}

/** Reads what lies in a workspace; nothing outside it and nothing hidden. */
export interface WorkspaceFolder {
  readonly root: string;
  /** Folders first, then by name. '' is the root. */
  list(path: string): Promise<readonly FolderEntry[]>;
  readText(path: string): Promise<TextOfFile>;
}

/** Checks that a workspace can be opened; throws `workspace.missing` when it is not a folder. Links in `path` are resolved once, here. */
export function openWorkspaceFolder(path: string): { readonly root: string; readonly isWritable: boolean } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new HeddleError('workspace.missing', `There is no folder ${path}. Create it, or give another one with --workspace.`, {
      details: { folder: path },
    });
  if (!stats.isDirectory())
    throw new HeddleError('workspace.missing', `${path} is a file; a workspace is a folder. Give its folder with --workspace.`, {
      details: { folder: path },
    });
  const root = realpathSync(path);
  return { root, isWritable: canWrite(root) };
}

/** The files of a workspace, to be looked at. */
export function createWorkspaceFolder(root: string): WorkspaceFolder {
  return {
    root,
    list: async (path) => {
      const folder = await resolveInWorkspace(root, path);
      const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
        throw isMissing(error) ? notFound(path) : toDiskRefusal(error, `read ${path}`);
      });
      const shown = entries.filter((entry) => !isHidden(entry.name) && (entry.isFile() || entry.isDirectory())).slice(0, mostEntries);
      const described = await Promise.all(
        shown.map(async (entry): Promise<FolderEntry> => {
          const type = entry.isDirectory() ? 'folder' : 'file';
          const bytes =
            type === 'file'
              ? await stat(join(folder, entry.name)).then(
                  ({ size }) => size,
                  () => 0,
                )
              : 0;
          return { name: entry.name, path: [path.replace(/\/+$/, ''), entry.name].filter((part) => part !== '').join('/'), type, bytes };
        }),
      );
      return described.sort((a, b) => (a.type === b.type ? (a.name < b.name ? -1 : 1) : a.type === 'folder' ? -1 : 1));
    },
    readText: async (path) => {
      const absolute = await resolveInWorkspace(root, path);
      try {
        const stats = await stat(absolute);
        if (!stats.isFile()) throw notFound(path);
        const file = await open(absolute, 'r');
        try {
          const { bytesRead, buffer } = await file.read(
            Buffer.alloc(Math.min(stats.size, mostTextBytes)),
            0,
            Math.min(stats.size, mostTextBytes),
            0,
          );
          return { path, text: buffer.toString('utf8', 0, bytesRead), bytes: stats.size, isTruncated: stats.size > bytesRead };
        } finally {
          await file.close();
        }
      } catch (error) {
        throw isMissing(error) ? notFound(path) : toDiskRefusal(error, `read ${path}`);
      }
    },
  };
}

const mostTextBytes = 1024 * 1024;
const mostEntries = 10_000;

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function notFound(path: string): HeddleError {
  return new HeddleError('request.notFound', `There is nothing to read at ${JSON.stringify(path)} in the workspace.`, {
    details: { path },
  });
}
