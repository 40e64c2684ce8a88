import { createHash } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { mostValueBytes } from '#shared/contract/message-limit.ts';
import type { WorkflowFile } from '#shared/contract/workflows.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { toWorkflowFileName, workflowExtension } from '#shared/workflow/file-name.ts';
import { errnoOf, isMissing, toDiskRefusal } from './disk-refusals.ts';
import { createFile, moveFile, replaceFile } from './durable-file.ts';
import { findFiles } from './find-files.ts';
import { createFolderWatch, type FolderWatch } from './folder-watch.ts';
import { createPathQueue } from './path-queue.ts';
import { resolveInWorkspace, toWorkspacePath, workspaceGone } from './workspace-paths.ts';

/** A workflow as read from disk. `revision` is the SHA-256 of the exact text. */
export interface OpenedWorkflow {
  readonly path: string;
  readonly revision: string;
  readonly document: WorkflowDocument;
}

/** The `*.heddle.json` files of a workspace. Paths are relative to its root, with `/`. */
export interface WorkflowFiles {
  list(): Promise<readonly WorkflowFile[]>;
  /** Rejects with `workflow.notFound`, `workflow.malformed`, `workflow.unknownVersion` or `workflow.tooLarge`. */
  open(path: string): Promise<OpenedWorkflow>;
  /** Takes the first free file name made from `document.name`. */
  create(document: WorkflowDocument): Promise<OpenedWorkflow>;
  /** Rejects with `workflow.changedOutside` (details: `currentRevision`) unless the file still is what `baseRevision` names. */
  save(path: string, baseRevision: string, document: WorkflowDocument): Promise<{ readonly revision: string }>;
  /** The revision of what is on disk, whether it can be read as a workflow or not. */
  revision(path: string): Promise<string>;
  /** Writes the document whatever is there; a file that gives way lies in `.heddle/trash`. */
  overwrite(path: string, document: WorkflowDocument): Promise<void>;
  /** Rejects with `workflow.exists` when the new name is taken. */
  rename(path: string, newPath: string): Promise<{ readonly path: string }>;
  /** Moves the file to `.heddle/trash`. */
  remove(path: string): Promise<void>;
  /** Calls back with the whole list after each change, from inside or outside. Returns the function that ends it. */
  onChange(listener: (files: readonly WorkflowFile[]) => void): () => void;
  close(): void;
}

/** A file above this is not read: a workflow of 10,000 nodes has about 4 MB. Also the limit of what the API takes. */
export const mostWorkflowBytes = mostValueBytes;

/** The workflow files below `root`, an existing folder. */
export function createWorkflowFiles(root: string, clock: Clock): WorkflowFiles {
  const known = new Map<string, { readonly stamp: string; readonly file: WorkflowFile }>();
  const listeners = new Set<(files: readonly WorkflowFile[]) => void>();
  const inTurn = createPathQueue();
  const trash = join(root, '.heddle', 'trash');
  const toTrashPath = (absolute: string, atMs: number) =>
    join(trash, `${Math.trunc(atMs)}-${Math.trunc(clock.nowMs())}-${basename(absolute)}`);
  let watch: FolderWatch | undefined;
  let lastTold = '';

  async function list(): Promise<readonly WorkflowFile[]> {
    const found = await findFiles(root, (name) => name.endsWith(workflowExtension)).catch((error: unknown) => {
      throw isMissing(error) ? workspaceGone(root) : toDiskRefusal(error, `read ${root}`);
    });
    watch?.setFolders(found.folders);
    const files: WorkflowFile[] = [];
    for (const absolute of found.files) {
      const file = await describeFile(absolute);
      if (file !== undefined) files.push(file);
    }
    return files;
  }

  /** Reads a file again only when its stamp changed. */
  async function describeFile(absolute: string): Promise<WorkflowFile | undefined> {
    const stats = statSync(absolute, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    const stamp = stampOf(stats);
    const before = known.get(absolute);
    if (before?.stamp === stamp) return before.file;
    const path = toWorkspacePath(root, absolute);
    const named = await nameOf(absolute, path, stats.size);
    if (named === undefined) return undefined;
    const file = { path, modifiedAtMs: stats.mtimeMs, ...named };
    known.set(absolute, { stamp, file });
    return file;
  }

  async function announce(): Promise<void> {
    if (listeners.size === 0) return;
    const files = await list().catch(() => []);
    const told = JSON.stringify(files);
    if (told === lastTold) return;
    lastTold = told;
    for (const listener of listeners) listener(files);
  }

  async function toAbsolute(path: string): Promise<string> {
    if (!path.endsWith(workflowExtension)) {
      throw new HeddleError(
        'workflow.pathRefused',
        `${JSON.stringify(path)} is not a workflow file: its name must end in ${workflowExtension}.`,
        { details: { path } },
      );
    }
    return resolveInWorkspace(root, path);
  }

  /** One change at a time per file; refusals of the disk become words, and listeners hear of it. */
  async function change<Result>(absolute: string, doing: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await inTurn(absolute, work);
    } catch (error) {
      throw toDiskRefusal(error, doing);
    } finally {
      void announce();
    }
  }

  return {
    list,
    open: async (path) => readWorkflow(await toAbsolute(path), path),
    create: async (document) => {
      const text = formatWorkflowFile(document);
      for (let attempt = 1; ; attempt++) {
        const path = toWorkflowFileName(document.name, attempt);
        const absolute = await toAbsolute(path);
        try {
          await change(absolute, `create ${path}`, () => createFile(absolute, text));
          return { path, revision: toRevision(text), document };
        } catch (error) {
          if (errnoOf(error) !== 'EEXIST' || attempt > 1_000) throw error;
        }
      }
    },
    save: async (path, baseRevision, document) => {
      const absolute = await toAbsolute(path);
      const text = formatWorkflowFile(document);
      if (Buffer.byteLength(text) > mostWorkflowBytes) throw tooLarge(path, Buffer.byteLength(text));
      return change(absolute, `save ${path}`, async () => {
        const currentRevision = toRevision(await readText(absolute, path));
        if (currentRevision !== baseRevision) throw changedOutside(path, currentRevision);
        await replaceFile(absolute, text);
        return { revision: toRevision(text) };
      });
    },
    revision: async (path) => toRevision(await readText(await toAbsolute(path), path)),
    overwrite: async (path, document) => {
      const absolute = await toAbsolute(path);
      await change(absolute, `save ${path}`, async () => {
        await mkdir(trash, { recursive: true });
        await copyFile(absolute, toTrashPath(absolute, clock.nowMs())).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
        await mkdir(dirname(absolute), { recursive: true });
        await replaceFile(absolute, formatWorkflowFile(document));
      });
    },
    rename: async (path, newPath) => {
      const [from, to] = [await toAbsolute(path), await toAbsolute(newPath)];
      await change(from, `rename ${path}`, () =>
        moveFile(from, to).catch((error: unknown) => {
          if (isMissing(error)) throw notFound(path);
          if (errnoOf(error) === 'EEXIST')
            throw new HeddleError('workflow.exists', `There already is a file ${newPath}. Choose another name.`, {
              details: { path: newPath },
            });
          throw error;
        }),
      );
      return { path: newPath };
    },
    remove: async (path) => {
      const absolute = await toAbsolute(path);
      const stats = await stat(absolute).catch((error: unknown) => {
        throw isMissing(error) ? notFound(path) : error;
      });
      await change(absolute, `move ${path} to the trash`, async () => {
        await mkdir(trash, { recursive: true });
        await moveFile(absolute, toTrashPath(absolute, stats.mtimeMs));
      });
    },
    onChange(listener) {
      listeners.add(listener);
      if (watch === undefined) {
        watch = createFolderWatch(clock, () => void announce());
        void list().then(
          (files) => {
            lastTold = JSON.stringify(files);
          },
          () => undefined,
        );
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        watch?.close();
        watch = undefined;
      };
    },
    close() {
      listeners.clear();
      watch?.close();
      watch = undefined;
    },
  };
}

/** Reads a workflow file from anywhere on disk: what the command line runs may lie outside a workspace. `shownPath` is how messages call it. */
export async function readWorkflow(absolute: string, shownPath: string): Promise<OpenedWorkflow> {
  const text = await readText(absolute, shownPath);
  return { path: shownPath, revision: toRevision(text), document: parse(text, shownPath) };
}

async function readText(absolute: string, path: string): Promise<string> {
  try {
    const stats = await stat(absolute);
    if (!stats.isFile()) throw new HeddleError('workflow.notFound', `${path} is a folder, not a workflow file.`, { details: { path } });
    if (stats.size > mostWorkflowBytes) throw tooLarge(path, stats.size);
    return decode(await readFile(absolute), path);
  } catch (error) {
    throw isMissing(error) ? notFound(path) : toDiskRefusal(error, `read ${path}`);
  }
}

/** Bytes in another encoding would be replaced one by one, and lost with the next save. */
function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new HeddleError(
      'workflow.malformed',
      `${path} cannot be opened. It is not UTF-8 text; save it as UTF-8, or restore an earlier version.`,
      {
        details: { path, problem: 'it is not UTF-8 text' },
        cause: error,
      },
    );
  }
}

/** Refusals of the text name the file. */
function parse(text: string, path: string): WorkflowDocument {
  try {
    return parseWorkflowFile(text);
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    throw new HeddleError(error.code, `${path} cannot be opened. ${error.message}`, { details: { ...error.details, path }, cause: error });
  }
}

/** The name shown in lists: the document's own, or the file's when it cannot be opened, with the reason. */
async function nameOf(absolute: string, path: string, bytes: number): Promise<Pick<WorkflowFile, 'name' | 'problem'> | undefined> {
  const fileName = basename(path, workflowExtension);
  try {
    if (bytes > mostWorkflowBytes) throw tooLarge(path, bytes);
    return { name: parseWorkflowFile(decode(await readFile(absolute), path)).name, problem: null };
  } catch (error) {
    if (isMissing(error)) return undefined;
    return { name: fileName, problem: error instanceof Error ? error.message : String(error) };
  }
}

function stampOf(stats: Stats): string {
  return `${stats.mtimeMs}:${stats.size}:${stats.ino}`;
}

function toRevision(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function notFound(path: string): HeddleError {
  return new HeddleError('workflow.notFound', `There is no workflow file ${path}. It may have been moved or removed.`, {
    details: { path },
  });
}

function tooLarge(path: string, bytes: number): HeddleError {
  const most = mostWorkflowBytes / 1024 / 1024;
  return new HeddleError(
    'workflow.tooLarge',
    `${path} has ${Math.ceil(bytes / 1024 / 1024)} MB; workflows may have ${most} MB. Move large data into files that nodes read.`,
    {
      details: { path, bytes },
    },
  );
}

function changedOutside(path: string, currentRevision: string): HeddleError {
  return new HeddleError(
    'workflow.changedOutside',
    `${path} was changed by another program since it was opened. Nothing was overwritten: open the new version or save a copy.`,
    {
      details: { path, currentRevision },
    },
  );
}
