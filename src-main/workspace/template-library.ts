import { cpSync, existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import { type JsonObject, jsonObjectSchema } from '#shared/base/json.ts';
import type { Template } from '#shared/contract/workflows.ts';
import { type EventEnvelope, eventEnvelopeSchema } from '#shared/events/envelope.ts';
import { createUpcast } from '#shared/events/upcast.ts';
import { runEventUpcasters, runEventVersions } from '#shared/run/events.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { toWorkflowFileName } from '#shared/workflow/file-name.ts';
import { errnoOf, isMissing, toDiskRefusal } from './disk-refusals.ts';
import { createFile } from './durable-file.ts';
import { type OpenedWorkflow, readWorkflow, type WorkflowFiles } from './workflow-files.ts';

/** A template with everything to look at before using it. */
export interface OpenedTemplate {
  readonly template: Template;
  readonly document: WorkflowDocument;
  readonly exampleInputs: JsonObject;
  readonly recordedRun: readonly EventEnvelope[] | null;
}

/** A workflow of the workspace to be kept as a template. */
export interface TemplateDraft {
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Of the workspace, to go along. */
  readonly files: readonly string[];
}

/** The gallery: what comes with the program, and what this user saved. */
export interface TemplateLibrary extends TemplateShelf {
  save(draft: TemplateDraft): Promise<Template>;
  /** Rejects with `template.notFound` for what is not this user's own. */
  remove(id: string): Promise<void>;
}

/** Templates to look at and to begin from. */
export interface TemplateShelf {
  list(): Promise<readonly Template[]>;
  /** Rejects with `template.notFound`. */
  get(id: string): Promise<OpenedTemplate>;
  /**
   * Copies the workflow, its sample folder and its scripted model into a workspace. Nothing there is replaced: the workflow takes a free name,
   * and sample files, scripts and the workflows that it runs stay as they are where they are there. With `reuse`, a copy that nobody has
   * changed is taken instead of another.
   */
  instantiate(id: string, name: string | undefined, reuse?: boolean): Promise<OpenedWorkflow & { readonly exampleInputs: JsonObject }>;
}

/**
 * Reads templates from `folder`: `<id>/template.json` (see the schema), `<id>/workflow.heddle.json` and, where they have them, `<id>/sample/`,
 * `<id>/workflows/` (those that it runs, for the top of the workspace), `<id>/model.script.json`, `<id>/recorded-run.ndjson` (one event a line). The sample goes to the folder `sampleFolder` of the workspace,
 * the script to `scripts/<id>.script.json`.
 */
export function createTemplateLibrary(folder: string, root: string, workflows: WorkflowFiles): TemplateShelf {
  async function describeTemplate(id: string) {
    const about = await readAbout(folder, id);
    const { document } = await readWorkflow(join(folder, id, 'workflow.heddle.json'), `${id}/workflow.heddle.json`);
    const { name, description, tags, exampleInputs } = about;
    const recordedRunPath = join(folder, id, 'recorded-run.ndjson');
    const template: Template = {
      id,
      name,
      description,
      tags,
      nodeCount: document.nodes.length,
      hasRecordedRun: existsSync(recordedRunPath),
      isOwn: false,
      sketch: toSketch(document),
    };
    return { template, document, exampleInputs, about, recordedRunPath };
  }

  return {
    list: async () => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const ids = entries
        .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'template.json')))
        .map(({ name }) => name);
      const found = await Promise.all(ids.sort().map(describeTemplate));
      return found.sort((a, b) => a.about.order - b.about.order).map(({ template }) => template);
    },
    get: async (id) => {
      const { template, document, exampleInputs, recordedRunPath } = await describeTemplate(id);
      return { template, document, exampleInputs, recordedRun: await readRecordedRun(recordedRunPath) };
    },
    instantiate: async (id, name, reuse) => {
      const { document, exampleInputs, about } = await describeTemplate(id);
      await copySample(join(folder, id, 'sample'), join(root, about.sampleFolder ?? id));
      await copyScript(join(folder, id, 'model.script.json'), join(root, 'scripts', `${id}.script.json`));
      await copySample(join(folder, id, 'workflows'), root);
      const named = name === undefined ? document : { ...document, name };
      const opened = (reuse === true ? await findCopy(workflows, named) : undefined) ?? (await workflows.create(named));
      return { ...opened, exampleInputs };
    },
  };
}

/** The file that an earlier copy went to, when it still says the same. */
async function findCopy(workflows: WorkflowFiles, document: WorkflowDocument): Promise<OpenedWorkflow | undefined> {
  const text = formatWorkflowFile(document);
  for (let attempt = 1; ; attempt += 1) {
    const found = await workflows.open(toWorkflowFileName(document.name, attempt)).catch((error: unknown) => {
      // Damaged ones are somebody's too: the next name may be ours.
      if (error instanceof HeddleError) return error.code;
      throw error;
    });
    if (found === 'workflow.notFound') return undefined;
    if (typeof found !== 'string' && formatWorkflowFile(found.document) === text) return found;
  }
}

const aboutSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  tags: z.array(z.string()).default([]),
  /** Place in the gallery, smallest first. */
  order: z.number().default(0),
  exampleInputs: jsonObjectSchema.default({}),
  /** Where the sample data goes in the workspace; the template's id when left out. */
  sampleFolder: z
    .string()
    .regex(/^[\w-]+( [\w-]+)*$/)
    .optional(),
});

async function readAbout(folder: string, id: string): Promise<z.infer<typeof aboutSchema>> {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) throw unknownTemplate(id);
  try {
    return aboutSchema.parse(JSON.parse(await readFile(join(folder, id, 'template.json'), 'utf8')));
  } catch (error) {
    throw isMissing(error) ? unknownTemplate(id) : error;
  }
}

/** Recorded runs are as old as their recording; whoever looks at one is given the events of this build. */
const upcast = createUpcast(runEventVersions, runEventUpcasters);

async function readRecordedRun(path: string): Promise<readonly EventEnvelope[] | null> {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => upcast(eventEnvelopeSchema.parse(JSON.parse(line))));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** `force: false` keeps what is there. */
async function copySample(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  try {
    await mkdir(to, { recursive: true });
    cpSync(from, to, { recursive: true, force: false, errorOnExist: false });
  } catch (error) {
    throw toDiskRefusal(error, `copy the sample data to ${basename(to)}`);
  }
}

async function copyScript(from: string, to: string): Promise<void> {
  const text = await readFile(from, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  try {
    await mkdir(dirname(to), { recursive: true });
    await createFile(to, text);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw toDiskRefusal(error, `write ${basename(to)}`);
  }
}

/** The graph of a template as a small drawing. */
export function toSketch({ nodes, edges }: WorkflowDocument): Template['sketch'] {
  const drawn = nodes.filter(({ kind }) => kind !== 'note');
  const places = new Map(drawn.map(({ id }, index) => [id, index]));
  return {
    nodes: drawn.map(({ kind, position: { x, y } }) => ({ kind, x, y })),
    edges: edges.flatMap(({ from, to }): [number, number][] => {
      const [start, end] = [places.get(from.node), places.get(to.node)];
      return start === undefined || end === undefined ? [] : [[start, end]];
    }),
  };
}

/** The refusal of an id that no template has. */
export function unknownTemplate(id: string): HeddleError {
  return new HeddleError('template.notFound', `There is no template ${JSON.stringify(id)}. \`heddle templates\` lists them.`, {
    details: { id },
  });
}
