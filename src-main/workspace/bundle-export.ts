import { type Dirent, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { mostValueBytes } from '#shared/contract/message-limit.ts';
import { type Bundle, listNeeds } from '#shared/workflow/bundle.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { isMissing, toDiskRefusal } from './disk-refusals.ts';
import type { WorkflowFiles } from './workflow-files.ts';
import { isHidden, resolveInWorkspace } from './workspace-paths.ts';

/** A workflow with those that it runs, and the files that may go along. */
export interface Gathered {
  readonly name: string;
  readonly description: string;
  readonly workflow: string;
  /** By path, the workflow itself first. Those that are not there are left out: they are among the needs. */
  readonly documents: ReadonlyMap<string, WorkflowDocument>;
  /** Of the workspace: what its inputs name, and the scripts of its scripted models. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** Follows the references of a workflow through the workspace. */
export async function gatherForBundle(root: string, workflows: WorkflowFiles, path: string): Promise<Gathered> {
  const { document } = await workflows.open(path);
  const documents = new Map([[path, document]]);
  for (let open = [document]; open.length > 0; ) {
    const [next, ...rest] = open as [WorkflowDocument, ...WorkflowDocument[]];
    open = rest;
    for (const reference of listNeeds([next]).workflows) {
      if (documents.has(reference)) continue;
      const found = await workflows.open(reference).catch((error: unknown) => {
        if (error instanceof HeddleError) return undefined;
        throw error;
      });
      if (found === undefined) continue;
      documents.set(reference, found.document);
      open.push(found.document);
    }
  }
  const { models, paths } = listNeeds([...documents.values()]);
  const scripts = models.flatMap((model) => (model.startsWith('scripted/') ? [`scripts/${model.slice(9)}.script.json`] : []));
  const files = await listFiles(root, [...scripts, ...paths.filter((named) => !isAbsolute(named))]);
  return { name: document.name, description: document.description ?? '', workflow: path, documents, files };
}

/** Reads the chosen files and puts everything into one. Refuses with `request.tooLarge` what no host would take. */
export async function packBundle(root: string, gathered: Gathered, files: readonly string[], secrets: readonly string[]): Promise<Bundle> {
  const contents: Bundle['files'] = {};
  let bytes = 0;
  for (const path of files) {
    const absolute = await resolveInWorkspace(root, path);
    const content = await readFile(absolute).catch((error: unknown) => {
      if (isMissing(error))
        throw new HeddleError('request.notFound', `There is no file ${JSON.stringify(path)} in the workspace.`, { details: { path } });
      throw toDiskRefusal(error, `read ${path}`);
    });
    bytes += content.length;
    if (bytes > mostFileBytes) {
      throw new HeddleError(
        'request.tooLarge',
        `The files of a bundle may have ${mostFileBytes / 1024 / 1024} MB together; with ${path} they have more. Leave some out.`,
      );
    }
    contents[path] = toContent(content);
  }
  return {
    heddleBundle: 1,
    name: gathered.name,
    description: gathered.description,
    tags: [],
    workflow: gathered.workflow,
    exampleInputs: {},
    workflows: Object.fromEntries(
      [...gathered.documents].map(([path, document]) => [path, JSON.parse(formatWorkflowFile(document)) as JsonObject]),
    ),
    files: contents,
    secrets: [...secrets],
  };
}

/** In Base64 they take a third more, and a message holds `mostValueBytes`. */
const mostFileBytes = mostValueBytes / 2;
const mostFiles = 500;

function toContent(bytes: Buffer): Bundle['files'][string] {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: bytes.toString('base64') };
  }
}

/** The files at these paths and in these folders, each once; what is not there is passed over. */
async function listFiles(root: string, paths: readonly string[]): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  const found = new Map<string, number>();
  for (const open = [...paths]; open.length > 0 && found.size < mostFiles; ) {
    const path = (open.shift() as string).replace(/\/+$/, '');
    const absolute = await resolveInWorkspace(root, path).catch(() => undefined);
    const stats = absolute === undefined ? undefined : statSync(absolute, { throwIfNoEntry: false });
    if (absolute === undefined || stats === undefined || absolute === root) continue;
    if (stats.isFile()) found.set(path, stats.size);
    else if (stats.isDirectory()) {
      const entries = await readdir(absolute, { withFileTypes: true }).catch((): Dirent[] => []);
      open.push(...entries.filter(({ name }) => !isHidden(name)).map(({ name }) => join(path, name).replaceAll('\\', '/')));
    }
  }
  return [...found].map(([path, bytes]) => ({ path, bytes })).sort((a, b) => (a.path < b.path ? -1 : 1));
}
