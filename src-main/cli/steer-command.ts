import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { Steering } from '#shared/run/events.ts';
import { nodePolicySchema } from '#shared/workflow/document.ts';
import type { Command } from './command.ts';
import { UsageError } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { readJsonArgument } from './json-argument.ts';
import { changeRun, liveRunHelp, liveRunOptions, liveRunUsage } from './live-run.ts';

const several = { type: 'string', multiple: true } as const;

/** `heddle steer`: changes a run while it lives. */
export const steerCommand: Command = {
  usage: `heddle steer <runId> [--model M | --budget USD | --skip NODE | --path NODE=CASE | --config NODE=@file.json | --policy NODE=@file.json | --lane NODE=LANE]… ${liveRunUsage}`,
  summary: 'change the model, budget, settings or path of a live run',
  help: `It holds for what starts afterwards; all changes are taken, or none. A node is named by its id; one of a subworkflow by the path of
that workflow and its id, as \`parts/item.heddle.json:writer\`.
  --model M          replaces the model of every node; none lets each use its own again
  --budget USD       where the run interrupts itself; none takes the limit away
  --skip NODE        leave a node out that has not started
  --path NODE=CASE   the case that a branch takes, whatever its conditions say
  --config NODE=@f   the settings of a node, all of them, as JSON
  --policy NODE=@f   its tries and times, as JSON
  --lane NODE=LANE   the queue that it waits in

${liveRunHelp}`,
  positionals: ['runId'],
  options: {
    ...liveRunOptions,
    model: { type: 'string' },
    budget: { type: 'string' },
    skip: several,
    path: several,
    config: several,
    policy: several,
    lane: several,
  },
  run: async (args, context) => {
    const [runId = ''] = args.positionals;
    const changes = await readChanges(args, context.cwd);
    if (changes.length === 0) throw new UsageError('There is nothing to change. `heddle steer --help` lists what can be.');
    return changeRun(args, context, runId, async (api, by) => {
      await api.run.steer({ runId, changes, by });
    });
  },
};

async function readChanges(args: Arguments, cwd: string): Promise<Steering[]> {
  const model = args.text('model');
  const budget = args.text('budget');
  const changes: Steering[] = [
    ...(model === undefined ? [] : [{ type: 'model', model: model === 'none' ? null : model } as const]),
    ...(budget === undefined ? [] : [{ type: 'budget', budgetUsd: budget === 'none' ? null : toUsd(budget) } as const]),
    ...args.texts('skip').map((text) => ({ type: 'skip', ...toNode(text) }) as const),
    ...args.texts('path').map((text) => {
      const { node, value } = split('path', text, 'CASE');
      return { type: 'path', ...node, case: value } as const;
    }),
    ...args.texts('lane').map((text) => {
      const { node, value } = split('lane', text, 'LANE');
      return { type: 'lane', ...node, lane: value } as const;
    }),
  ];
  for (const text of args.texts('config')) {
    const { node, value } = split('config', text, '@file.json');
    changes.push({ type: 'config', ...node, config: await readObject(value, '--config', cwd) });
  }
  for (const text of args.texts('policy')) {
    const { node, value } = split('policy', text, '@file.json');
    const policy = nodePolicySchema.safeParse(await readObject(value, '--policy', cwd));
    if (!policy.success) throw new UsageError(`--policy ${text} is none: ${policy.error.issues[0]?.message ?? 'it cannot be read'}.`);
    changes.push({ type: 'policy', ...node, policy: policy.data });
  }
  return changes;
}

/** The money that a flag names. */
export function toUsd(text: string): number {
  const usd = Number(text);
  if (text.trim() !== '' && Number.isFinite(usd) && usd >= 0) return usd;
  throw new UsageError(`--budget is an amount in US dollars, as 0.50, not ${JSON.stringify(text)}.`);
}

interface NamedNode {
  readonly workflow: string | null;
  readonly node: string;
}

/** The id of a node has no colon, so the last one ends the path. */
function toNode(text: string): NamedNode {
  const colon = text.lastIndexOf(':');
  return colon === -1 ? { workflow: null, node: text } : { workflow: text.slice(0, colon), node: text.slice(colon + 1) };
}

function split(flag: string, text: string, what: string): { readonly node: NamedNode; readonly value: string } {
  const equals = text.indexOf('=');
  if (equals <= 0 || equals === text.length - 1) throw new UsageError(`Write --${flag} NODE=${what}, not ${JSON.stringify(text)}.`);
  return { node: toNode(text.slice(0, equals)), value: text.slice(equals + 1) };
}

async function readObject(text: string, flag: string, cwd: string): Promise<JsonObject> {
  const value: JsonValue = await readJsonArgument(text, `The value of ${flag}`, cwd);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`The value of ${flag} must be a JSON object.`);
  return value as JsonObject;
}
