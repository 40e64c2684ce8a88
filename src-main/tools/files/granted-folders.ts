import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import { toFileFailure } from './file-failure.ts';
import type { FolderAccess, FolderGrant } from './folder-grant.ts';
import { findRefusedForm, isJournalFolder, journalFolder } from './path-form.ts';

export interface GrantedFoldersSettings {
  /** Granted for reading and writing, except its `.heddle`; relative paths start here. */
  readonly workspace: string;
  /** Asked at every call, so that a grant given or taken counts at once. */
  readonly grants: () => readonly FolderGrant[];
  /** Never granted, whatever contains them: where keys and settings are. */
  readonly denied?: readonly string[];
  readonly platform?: NodeJS.Platform;
}

/** A place inside a granted folder (or a granted file itself), free of symbolic links at the moment it was found. */
export interface GrantedPath {
  /** The real absolute path. */
  readonly real: string;
  /** What people and models see: relative to the workspace where it is inside, with `/`. */
  readonly shown: string;
  /** Folders that do not exist yet, outermost first; empty when the parent exists. */
  readonly missingFolders: readonly string[];
  readonly exists: boolean;
}

/** A folder held open: what is reached through `at` is in this very folder, wherever its path leads by now. */
export interface HeldFolder {
  readonly real: string;
  at(name: string): string;
  sync(): Promise<void>;
}

/** The one gate between tools and the disk. Everything it refuses is `tool.pathRefused`. */
export interface GrantedFolders {
  find(path: string, access: FolderAccess): Promise<GrantedPath>;
  /** Opens a regular file for reading; refuses everything else (folders, devices, pipes, sockets). */
  openForReading(path: GrantedPath): Promise<FileHandle>;
  /** Holds an existing folder open while `work` runs. `real` must come from `find` or from a folder held before. */
  withFolder<Answer>(real: string, access: FolderAccess, work: (folder: HeldFolder) => Promise<Answer>): Promise<Answer>;
  toShown(real: string): string;
}

export function createGrantedFolders(settings: GrantedFoldersSettings): GrantedFolders {
  const platform = settings.platform ?? process.platform;
  let workspaceReal = resolve(settings.workspace);

  const readGrants = async (): Promise<readonly RealGrant[]> => {
    const all = [{ path: settings.workspace, access: 'write' as const }, ...settings.grants()];
    const found = await Promise.all(
      all.map(async (grant) => ({ ...grant, path: resolve(grant.path), real: await realpathOrUndefined(grant.path) })),
    );
    return found.filter((grant): grant is RealGrant => grant.real !== undefined);
  };
  const readDenied = async (): Promise<readonly string[]> => {
    const own = await Promise.all((settings.denied ?? []).map(async (path) => (await realpathOrUndefined(path)) ?? resolve(path)));
    return [...own, ...kernelFolders];
  };

  const checkReal = async (real: string, access: FolderAccess, shown: string): Promise<void> => {
    const grants = await readGrants();
    if (real.split(sep).some(isJournalFolder)) throw toRefusal(shown, `it leads into ${journalFolder}`, grants);
    if ((await readDenied()).some((folder) => isInside(folder, real)))
      throw toRefusal(shown, 'it leads into a folder that is never granted', grants);
    const containing = grants.filter((grant) => isInside(grant.real, real));
    if (containing.length === 0) throw toRefusal(shown, 'it leads outside the granted folders', grants);
    if (access === 'write' && !containing.some((grant) => grant.access === 'write')) {
      throw toRefusal(shown, 'its folder is granted for reading only', grants);
    }
  };

  const toShown = (real: string): string => {
    const fromWorkspace = relative(workspaceReal, real);
    const isOutside = fromWorkspace === '..' || fromWorkspace.startsWith(`..${sep}`) || isAbsolute(fromWorkspace);
    return (isOutside ? real : fromWorkspace === '' ? '.' : fromWorkspace).split(sep).join('/');
  };

  return {
    toShown,
    find: async (path, access) => {
      const grants = await readGrants();
      workspaceReal = await realpath(settings.workspace).catch((error: unknown) => {
        throw toFileFailure(error, settings.workspace, 'open the workspace folder');
      });
      const refusedForm = findRefusedForm(path, access, platform);
      if (refusedForm !== undefined) throw toRefusal(path, refusedForm, grants);
      const lexical = resolve(workspaceReal, path);
      // Before the disk is asked: whether something outside exists is nobody's business.
      if (!grants.some((grant) => isInside(grant.real, lexical) || isInside(grant.path, lexical))) {
        throw toRefusal(path, 'it lies outside the granted folders', grants);
      }
      const found = await findReal(lexical, path, grants);
      await checkReal(found.real, access, path);
      return { ...found, shown: toShown(found.real) };
    },

    openForReading: async ({ real, shown }) => {
      return await withHeldFolder(dirname(real), shown, async (folder) => {
        await checkReal(join(folder.real, basename(real)), 'read', shown);
        const handle = await open(folder.at(basename(real)), openFlags.read).catch((error: unknown) => {
          throw toFileFailure(error, shown, 'read');
        });
        try {
          const stat = await handle.stat();
          if (stat.isDirectory()) throw toRefusal(shown, 'it is a folder, not a file', []);
          if (!stat.isFile()) throw toRefusal(shown, 'it is a device, pipe or socket, not a regular file', []);
          await checkReal((await readHeldPath(handle)) ?? real, 'read', shown);
          return handle;
        } catch (error) {
          await handle.close();
          throw error;
        }
      });
    },

    withFolder: (real, access, work) =>
      withHeldFolder(real, toShown(real), async (folder) => {
        await checkReal(folder.real, access, toShown(real));
        return await work(folder);
      }),
  };
}

interface RealGrant extends FolderGrant {
  readonly real: string;
}

/** Not files of anybody, though some of them look regular: they read and change the machine. */
const kernelFolders = ['/proc', '/sys', '/dev'];

/** O_NONBLOCK: opening a pipe nobody writes to would hang. The two are missing on Windows, where they count as 0. */
const openFlags = {
  read: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  folder: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_DIRECTORY ?? 0),
};

/**
 * Opens a folder and answers where it really is. On Linux names are then reached through the open descriptor, so a folder swapped for a
 * link in between changes nothing; elsewhere they are reached by the path that was checked.
 */
async function withHeldFolder<Answer>(path: string, shown: string, work: (folder: HeldFolder) => Promise<Answer>): Promise<Answer> {
  if (process.platform === 'win32') {
    const real = await realpath(path);
    return await work({ real, at: (name) => join(real, name), sync: async () => undefined });
  }
  const handle = await open(path, openFlags.folder).catch(async (error: unknown) => {
    // Its path was free of links when it was judged.
    if (await isLink(path)) throw toRefusal(shown, 'its folder was replaced by a symbolic link', []);
    throw toFileFailure(error, shown, 'open the folder of');
  });
  try {
    const heldPath = await readHeldPath(handle);
    const real = heldPath ?? path;
    const at = (name: string) => (heldPath === undefined ? join(path, name) : `/proc/self/fd/${handle.fd}/${name}`);
    return await work({ real, at, sync: () => handle.sync() });
  } finally {
    await handle.close();
  }
}

async function readHeldPath(handle: FileHandle): Promise<string | undefined> {
  return process.platform === 'linux' ? await readlink(`/proc/self/fd/${handle.fd}`) : undefined;
}

/** The real path of the deepest part that exists, and what is missing below it. */
async function findReal(lexical: string, shown: string, grants: readonly RealGrant[]): Promise<Omit<GrantedPath, 'shown'>> {
  const missing: string[] = [];
  let existing = lexical;
  for (;;) {
    try {
      const real = await realpath(existing);
      const last = missing.at(-1);
      return { real: join(real, ...missing), missingFolders: toFolders(real, missing), exists: last === undefined };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw toRefusal(shown, 'its symbolic links go round in a circle', grants);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw toFileFailure(error, shown, 'find');
      if (await isLink(existing)) throw toRefusal(shown, 'it is a symbolic link to something that does not exist', grants);
    }
    if (dirname(existing) === existing) throw toRefusal(shown, 'it lies outside the granted folders', grants);
    missing.unshift(basename(existing));
    existing = dirname(existing);
  }
}

function toFolders(real: string, missing: readonly string[]): readonly string[] {
  return missing.slice(0, -1).map((_, index) => join(real, ...missing.slice(0, index + 1)));
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

async function realpathOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function toRefusal(path: string, reason: string, grants: readonly RealGrant[]): HeddleError {
  const shown = path.replaceAll('\0', '\\0').slice(0, 300);
  const granted = grants.map((grant) => `${grant.path} (${grant.access === 'write' ? 'read and write' : 'read'})`);
  const hint = granted.length === 0 ? '' : ` Granted are: ${granted.join(', ')}. Other folders can be granted in Settings.`;
  return new HeddleError('tool.pathRefused', `The path ${JSON.stringify(shown)} is refused: ${reason}.${hint}`, {
    details: { path: shown, reason, granted },
  });
}
