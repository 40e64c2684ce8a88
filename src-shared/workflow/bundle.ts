import { z } from 'zod';
import { type JsonObject, type JsonValue, jsonObjectSchema } from '../base/json.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { viewNode } from './node-view.ts';

/** How the files of bundles end. */
export const bundleExtension = '.heddle-bundle.json';

/** The folder and the ending of the scripts of `scripted/…` models. */
export const scriptPattern = /^scripts\/(.+)\.script\.json$/;

const pathSchema = z.string().min(1).max(1024);

/** One workflow with what it needs, in one file. It holds names of secrets, never values. */
export const bundleSchema = z.strictObject({
  heddleBundle: z.literal(1),
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(''),
  tags: z.array(z.string().min(1).max(40)).max(20).default([]),
  /** The path of the workflow that this is about; one of `workflows`. */
  workflow: pathSchema,
  exampleInputs: jsonObjectSchema.default({}),
  /** The workflow and those that it runs, each as it stands in its file. */
  workflows: z.record(pathSchema, jsonObjectSchema),
  /** Other files, as text or, where they are none, in Base64. */
  files: z.record(pathSchema, z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })])).default({}),
  /** Names of the secrets that servers and providers used where it was exported. */
  secrets: z.array(z.string()).default([]),
});
export type Bundle = z.infer<typeof bundleSchema>;

/** What workflows name that has to be there for them to run. */
export interface WorkflowNeeds {
  readonly tools: readonly string[];
  readonly models: readonly string[];
  /** Paths of the workflows that they run. */
  readonly workflows: readonly string[];
  readonly lanes: readonly string[];
  /** What their file and folder inputs hold to begin with. */
  readonly paths: readonly string[];
  /** How many nodes and hooks run JavaScript. */
  readonly scripts: number;
}

/** Everything that these documents name, each once, in order. */
export function listNeeds(documents: readonly WorkflowDocument[]): WorkflowNeeds {
  const nodes = documents.flatMap((document) => document.nodes);
  const named = (type: string) => nodes.flatMap((node) => listNamed(node, type));
  const lanes = nodes.flatMap(({ lane }) => (lane === undefined ? [] : [lane]));
  const hooks = documents.flatMap(({ hooks: all = [] }) => all).filter(({ action }) => action.type === 'code');
  return {
    tools: toSet([...named('tool'), ...named('tools')]),
    models: toSet(named('model')),
    workflows: toSet(named('workflow')),
    lanes: toSet(lanes),
    paths: toSet(nodes.flatMap(listDefaultPaths)),
    scripts: nodes.filter(({ kind }) => kind === 'code').length + hooks.length,
  };
}

/** Where things went: new names by old ones. Folders and files are moved by the first part of their path. */
export interface Moves {
  readonly workflows: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, string>;
  readonly paths: ReadonlyMap<string, string>;
}

/** The document with every mention of what was moved following it. */
export function followMoves(document: WorkflowDocument, moves: Moves): WorkflowDocument {
  if (moves.workflows.size + moves.models.size + moves.paths.size === 0) return document;
  return { ...document, nodes: document.nodes.map((node) => ({ ...node, config: followInConfig(node, moves) })) };
}

/** Values with the paths in them following. */
export function followPaths<Value extends JsonValue>(value: Value, paths: ReadonlyMap<string, string>): Value {
  return mapTexts(value, (text) => toMovedPath(text, paths)) as Value;
}

function followInConfig(node: WorkflowNode, { workflows, models, paths }: Moves): JsonObject {
  const view = viewNode(node);
  const keysOf = (type: string) =>
    view.type === 'valid' ? view.kind.fields.filter((field) => field.type === type).map(({ key }) => key) : [];
  const [workflowKeys, modelKeys] = [keysOf('workflow'), keysOf('model')];
  // `manual/2` in an expression divides what the node `manual` gives.
  const computedKeys = ['expression', 'cases', 'code'].flatMap(keysOf);
  return Object.fromEntries(
    Object.entries(node.config).map(([key, value]) => {
      if (workflowKeys.includes(key)) return [key, workflows.get(String(value)) ?? value];
      if (modelKeys.includes(key)) return [key, models.get(String(value)) ?? value];
      if (computedKeys.includes(key)) return [key, value];
      return [key, followPaths(value as JsonValue, paths)];
    }),
  );
}

/** A text that is a moved path, or leads into a moved folder; other texts are what they were. */
function toMovedPath(text: string, paths: ReadonlyMap<string, string>): string {
  for (const [from, to] of paths) if (text === from || text.startsWith(`${from}/`)) return to + text.slice(from.length);
  return text;
}

function mapTexts(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapTexts(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item as JsonValue, change)]));
}

/** What a node names in its fields of a type, as its kind describes them. */
function listNamed(node: WorkflowNode, type: string): readonly string[] {
  const view = viewNode(node);
  if (view.type !== 'valid') return [];
  return view.kind.fields
    .filter((field) => field.type === type)
    .flatMap(({ key }) => {
      const value = view.config[key];
      return Array.isArray(value) ? (value as readonly JsonObject[]).map(({ name }) => String(name)) : [String(value ?? '')];
    })
    .filter((name) => name !== '');
}

function listDefaultPaths({ kind, config }: WorkflowNode): readonly string[] {
  if (kind !== 'input' || !Array.isArray(config.fields)) return [];
  return (config.fields as readonly JsonObject[]).flatMap(({ type, default: value }) =>
    (type === 'file' || type === 'folder') && typeof value === 'string' && value !== '' ? [value] : [],
  );
}

function toSet(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
