import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import type { Landing } from '#shared/contract/bundles.ts';
import { type Bundle, followMoves, followPaths, type Moves, scriptPattern } from '#shared/workflow/bundle.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { toWorkflowFileName, workflowExtension } from '#shared/workflow/file-name.ts';
import { toDiskRefusal } from './disk-refusals.ts';
import { createFile } from './durable-file.ts';
import { resolveInWorkspace } from './workspace-paths.ts';

/** How a bundle is brought in. */
export interface ImportOptions {
  /** The workflow itself gets this name, and a file of its own even where the same is there already. */
  readonly asNew?: string;
}

/** Where everything of a bundle goes, decided before anything is written. */
export interface ImportPlan {
  readonly workflow: string;
  /** By the path in the bundle, as they are in it. */
  readonly documents: ReadonlyMap<string, WorkflowDocument>;
  readonly workflows: readonly Landing[];
  readonly files: readonly Landing[];
  readonly exampleInputs: Bundle['exampleInputs'];
  /** What is to be written, by where it goes. */
  readonly writes: ReadonlyMap<string, string | Buffer>;
}

/**
 * Decides where everything goes. What is in the workspace with the same content is used as it is; beside what differs, a free name is taken,
 * and what names it follows. Refuses with `bundle.invalid` or, for a way out of the workspace, `workflow.pathRefused`.
 */
export async function planImport(root: string, bundle: Bundle, { asNew }: ImportOptions = {}): Promise<ImportPlan> {
  const documents = new Map(Object.entries(bundle.workflows).map(([path, file]) => [path, toDocument(path, file)]));
  const main = documents.get(bundle.workflow);
  if (main === undefined) throw refuseBundle(`it has no workflow “${bundle.workflow}”`);
  if (asNew !== undefined) documents.set(bundle.workflow, { ...main, name: asNew });
  for (const path of [...documents.keys(), ...Object.keys(bundle.files)]) await resolveInWorkspace(root, path);

  const configuration = Object.keys(bundle.files).find((path) => /^(\.\/)*heddle\.config\.[^/]*$/.test(path));
  if (configuration !== undefined) throw refuseBundle(`it would configure the workspace by ${configuration}`);

  const isTaken = async (path: string) => existsSync(await resolveInWorkspace(root, path));
  const files = await placeFiles(root, bundle.files, isTaken);
  const models = new Map(
    files.flatMap(({ path, landsAt }) => {
      const [from, to] = [scriptPattern.exec(path)?.[1], scriptPattern.exec(landsAt)?.[1]];
      return from === undefined || to === undefined || from === to ? [] : [[`scripted/${from}`, `scripted/${to}`] as const];
    }),
  );
  const paths = new Map(
    files.flatMap(({ path, landsAt }) => (path === landsAt || scriptPattern.test(path) ? [] : [[toUnit(path), toUnit(landsAt)] as const])),
  );

  // One that has to go elsewhere changes those that run it, which then may have to go elsewhere too: until nothing moves any more.
  const moved = new Map<string, string>();
  if (asNew !== undefined) {
    const fresh = await toFree(toWorkflowFileName(asNew), workflowExtension, isTaken);
    if (fresh !== bundle.workflow) moved.set(bundle.workflow, fresh);
  }
  const moves: Moves = { workflows: moved, models, paths };
  const textOf = (path: string) => formatWorkflowFile(followMoves(documents.get(path) as WorkflowDocument, moves));
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const path of documents.keys()) {
      if (moved.has(path) || (await holds(root, path, textOf(path))) !== 'other') continue;
      moved.set(path, await toFree(path, workflowExtension, isTaken));
      isSettled = false;
    }
  }

  const workflows: Landing[] = [];
  const writes = new Map<string, string | Buffer>();
  for (const path of documents.keys()) {
    const landsAt = moved.get(path) ?? path;
    const isSame = landsAt === path && (await holds(root, path, textOf(path))) === 'same';
    workflows.push({ path, landsAt, change: isSame ? 'same' : landsAt === path ? 'new' : 'renamed' });
    if (!isSame) writes.set(landsAt, textOf(path));
  }
  for (const { path, landsAt, change } of files) if (change !== 'same') writes.set(landsAt, toContent(bundle.files[path] as FileContent));
  return {
    workflow: moved.get(bundle.workflow) ?? bundle.workflow,
    documents,
    workflows,
    files,
    exampleInputs: followPaths(bundle.exampleInputs, paths),
    writes,
  };
}

/** Writes what the plan says, never over a file. Workflows last, so that none is there without what it needs. */
export async function writeImport(root: string, { writes }: ImportPlan): Promise<void> {
  const isWorkflow = (path: string) => path.endsWith(workflowExtension);
  for (const [path, content] of [...writes].sort(([a], [b]) => Number(isWorkflow(a)) - Number(isWorkflow(b)))) {
    const absolute = await resolveInWorkspace(root, path);
    try {
      await mkdir(dirname(absolute), { recursive: true });
      await (typeof content === 'string' ? createFile(absolute, content) : writeFile(absolute, content, { flag: 'wx' }));
    } catch (error) {
      throw toDiskRefusal(error, `write ${path}`);
    }
  }
}

/** The refusal of a file that is no bundle. */
export function refuseBundle(problem: string): HeddleError {
  return new HeddleError(
    'bundle.invalid',
    `This is not a bundle that Heddle can read: ${problem}. Export it again, with this version or an earlier one.`,
    {
      details: { problem },
    },
  );
}

type FileContent = Bundle['files'][string];

/** Scripts by themselves; of everything else, what lies in one folder stays together: the workflow names the folder. */
async function placeFiles(root: string, files: Bundle['files'], isTaken: (path: string) => Promise<boolean>): Promise<readonly Landing[]> {
  const units = Map.groupBy(Object.keys(files).sort(), (path) => (scriptPattern.test(path) ? path : toUnit(path)));
  const landings: Landing[] = [];
  for (const [unit, paths] of units) {
    const states = await Promise.all(
      paths.map(async (path) => [path, await holds(root, path, toContent(files[path] as FileContent))] as const),
    );
    const isClash = states.some(([, state]) => state === 'other');
    const ending = /(\.script\.json|\.[^./]+)$/.exec(unit)?.[1] ?? '';
    const landing = isClash ? await toFree(unit, ending, isTaken, scriptPattern.test(unit) ? '-' : ' ') : unit;
    for (const [path, state] of states) {
      const landsAt = isClash ? landing + path.slice(unit.length) : path;
      landings.push({ path, landsAt, change: isClash ? 'renamed' : state === 'same' ? 'same' : 'new' });
    }
  }
  return landings;
}

/** The first part of a path: a folder of the workspace, or the file itself. */
function toUnit(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}

/** `a 2.csv`, `a 3.csv`, …: the first name that is free; the path itself when it is. */
async function toFree(path: string, ending: string, isTaken: (path: string) => Promise<boolean>, gap = ' '): Promise<string> {
  const base = path.slice(0, path.length - ending.length);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? path : `${base}${gap}${number}${ending}`;
    if (!(await isTaken(candidate))) return candidate;
  }
}

async function holds(root: string, path: string, content: string | Buffer): Promise<'nothing' | 'same' | 'other'> {
  const absolute = await resolveInWorkspace(root, path);
  if (!existsSync(absolute)) return 'nothing';
  const there = await readFile(absolute).catch(() => undefined);
  return there?.equals(typeof content === 'string' ? Buffer.from(content) : content) === true ? 'same' : 'other';
}

function toContent(content: FileContent): Buffer {
  return 'text' in content ? Buffer.from(content.text) : Buffer.from(content.base64, 'base64');
}

function toDocument(path: string, file: Bundle['workflows'][string]): WorkflowDocument {
  if (!path.endsWith(workflowExtension)) throw refuseBundle(`“${path}” is no name of a workflow file`);
  try {
    return parseWorkflowFile(JSON.stringify(file));
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    throw refuseBundle(`“${path}” cannot be read. ${error.message}`);
  }
}
