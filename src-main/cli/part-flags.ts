import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { PartRequest } from '#shared/contract/parts.ts';
import { type PartMode, partModeSchema } from '#shared/run/part.ts';
import { planPart } from '#shared/run/plan-part.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import { UsageError } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { readJsonArgument } from './json-argument.ts';

/** The flags with which only a part of a workflow runs. */
export const partOptions = {
  only: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
  pins: { type: 'boolean' },
  given: { type: 'string', multiple: true },
} as const;

/** The same for a help text. */
export const partHelp = `  --only NODE          run this node alone; what it needs is taken from the newest runs of the workflow file
  --to NODE            run this node and what it needs
  --from NODE          run this node and what follows; what comes before is taken from the newest runs
  --pins               take what is pinned beside the workflow before what was recorded
  --given NODE=JSON    what a node that does not run gives, or @file; an object by port, or the value of its only port. Repeat it for several`;

/** The part that the flags name; undefined for the whole workflow. */
export async function readPart(args: Arguments, document: WorkflowDocument, cwd: string): Promise<PartRequest | undefined> {
  const named = partModeSchema.options.flatMap((mode): readonly (readonly [PartMode, string])[] => {
    const node = args.text(mode);
    return node === undefined ? [] : [[mode, node]];
  });
  const [first] = named;
  if (first === undefined) {
    const stray = args.isSet('pins') ? '--pins' : args.texts('given').length > 0 ? '--given' : undefined;
    if (stray === undefined) return undefined;
    throw new UsageError(`${stray} is for a run of a part of the workflow: say which with --only, --to or --from.`);
  }
  if (named.length > 1)
    throw new UsageError(`Of --only, --to and --from only one can be given, not ${named.map(([mode]) => `--${mode}`).join(' and ')}.`);
  const [mode, target] = first;
  const node = toNodeId(document, target, `--${mode}`);
  return {
    mode,
    node,
    usePins: args.isSet('pins'),
    useRecorded: true,
    given: await readGiven(args.texts('given'), document, { mode, node }, cwd),
  };
}

async function readGiven(
  entries: readonly string[],
  document: WorkflowDocument,
  part: Pick<PartRequest, 'mode' | 'node'>,
  cwd: string,
): Promise<Record<string, JsonObject>> {
  const values: Record<string, JsonValue> = {};
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    if (equals <= 0)
      throw new UsageError(`--given ${JSON.stringify(entry)} has no node. Write --given node=JSON or --given node=@file.json.`);
    const id = toNodeId(document, entry.slice(0, equals), '--given');
    values[id] = await readJsonArgument(entry.slice(equals + 1), `--given ${id}`, cwd);
  }
  const { needs } = planPart(document, part, new Set(Object.keys(values)));
  const portsOf = (id: string) => needs.find(({ node }) => node === id)?.ports ?? [];
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, toOutputs(id, value, portsOf(id), listPorts(document, id))]));
}

/** An object whose keys are ports of the node is meant as its outputs; anything else as the value of the one port that is asked for. */
function toOutputs(id: string, value: JsonValue, asked: readonly { readonly name: string }[], ports: readonly string[]): JsonObject {
  if (isObject(value) && Object.keys(value).length > 0 && Object.keys(value).every((name) => ports.includes(name))) return value;
  const [only, ...more] = asked;
  if (only !== undefined && more.length === 0) return { [only.name]: value };
  throw new UsageError(`--given ${id} must be an object with some of its outputs: ${ports.join(', ') || 'it has none'}.`);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listPorts(document: WorkflowDocument, id: string): readonly string[] {
  const node = document.nodes.find((candidate) => candidate.id === id);
  const view = node === undefined ? undefined : viewNode(node);
  return view?.type === 'valid' ? view.ports.outputs.map(({ name }) => name) : [];
}

/** Nodes are named by their id, or by the name that only one of them has. */
function toNodeId(document: WorkflowDocument, named: string, flag: string): string {
  if (document.nodes.some(({ id }) => id === named)) return named;
  const [only, ...more] = document.nodes.filter(({ name }) => name === named);
  if (only !== undefined && more.length === 0) return only.id;
  const ids = document.nodes.map(({ id }) => id).join(', ');
  throw new UsageError(`${flag}: “${document.name}” has no node ${JSON.stringify(named)}. It has: ${ids || 'none'}.`);
}
