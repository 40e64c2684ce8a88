import { type Aggregation, aggregationSchema } from '#shared/nodes/map/map.ts';
import type { Collected } from '#shared/run/collect.ts';
import { type Command, type CommandContext, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import type { Arguments } from './flags.ts';

/** `heddle collect`: what a run has brought so far, as one value. */
export const collectCommand: Command = {
  usage:
    'heddle collect <runId> --nodes a,b | --map NODE [--as list | merge | first:N | quorum:N | reduce:CEL] [--follow] [--workspace DIR] [--json]',
  summary: 'bring together what a run has brought so far',
  help: `Of a live run or one that has ended: the outputs of these nodes, or the results of the items of a map. The value goes to standard output.
  --nodes a,b       nodes by their ids; those inside by their addresses, as each#1/i0/writer
  --map NODE        the items of this map
  --as list         all results in their order; the default
  --as merge        joined into one record
  --as first:N      the first N that came
  --as quorum:N     the result that N agree on
  --as reduce:CEL   one value by an expression over total (null at first), result and index
  --follow          again at each change, until the run ends
  --json            with what failed, what is missing and what will not come
Exit code 0 when everything has come, 3 while something is missing, 1 when there is no such value and nothing more comes.`,
  positionals: ['runId'],
  options: {
    ...commonOptions,
    nodes: { type: 'string' },
    map: { type: 'string' },
    as: { type: 'string' },
    follow: { type: 'boolean' },
  },
  run: async (args, context) => {
    const [runId = ''] = args.positionals;
    const order = { runId, ...toSource(args), ...toAggregation(args.text('as') ?? 'list') };
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      const isFollowing = args.isSet('follow') && connection.isRemote;
      if (args.isSet('follow') && !isFollowing) context.output.note('No host has this workspace open, so nothing changes: shown as it is.');
      if (!isFollowing) return show(await connection.api.run.collect(order), args, context);
      let exitCode: number = exitCodes.succeeded;
      for await (const collected of await connection.api.run.followCollected(order, { signal: context.interrupted }))
        exitCode = show(collected, args, context);
      return exitCode;
    } finally {
      await connection.close();
    }
  },
};

function show(collected: Collected, args: Arguments, { output }: CommandContext): number {
  const { value, missed, succeeded, total, failed, missing, left, isComplete } = collected;
  if (args.isSet('json')) output.json(collected);
  else {
    if (missed === null) output.line(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
    else output.note(missed);
    const rest = [
      missing.length === 0 ? '' : `${missing.length} still to come`,
      failed.length === 0 ? '' : `${failed.length} failed (${failed.map(({ part, error }) => `${part}: ${error.message}`).join('; ')})`,
      left.length === 0 ? '' : `${left.length} will not come`,
    ].filter((words) => words !== '');
    output.note(`${succeeded} of ${total ?? 'an unknown number'}${rest.length === 0 ? '' : `; ${rest.join(', ')}`}`);
  }
  if (!isComplete) return exitCodes.waiting;
  return missed === null ? exitCodes.succeeded : exitCodes.failed;
}

function toSource(args: Arguments): { readonly nodes: string } | { readonly map: string } {
  const nodes = args.text('nodes');
  const map = args.text('map');
  if (nodes !== undefined && map === undefined) return { nodes };
  if (map !== undefined && nodes === undefined) return { map };
  throw new UsageError('Say one of --nodes a,b and --map NODE.');
}

function toAggregation(text: string): { readonly aggregation: Aggregation; readonly count?: number; readonly reduce?: string } {
  const colon = text.indexOf(':');
  const name = colon === -1 ? text : text.slice(0, colon);
  const more = colon === -1 ? undefined : text.slice(colon + 1);
  const aggregation = aggregationSchema.safeParse(name);
  const isCounted = name === 'first' || name === 'quorum';
  if (!aggregation.success || (more === undefined) === (isCounted || name === 'reduce'))
    throw new UsageError(`--as is list, merge, first:N, quorum:N or reduce:CEL, not ${JSON.stringify(text)}.`);
  if (name === 'reduce') return { aggregation: aggregation.data, reduce: more ?? '' };
  if (!isCounted) return { aggregation: aggregation.data };
  const count = Number(more);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`--as ${name}:N takes a whole number from 1, not ${JSON.stringify(more)}.`);
  return { aggregation: aggregation.data, count };
}
