import { assertNever } from '#shared/base/assert-never.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import type { FiledDeadLetter } from '#shared/contract/dead-letters.ts';
import { type Command, type CommandContext, commonOptions, readCommandConfiguration } from './command.ts';
import { type Connection, connect } from './connect.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { toReport, watchRun } from './watch-run.ts';

/** `heddle dead-letters`: what finally failed, to look at, to run again or to dismiss. */
export const deadLettersCommand: Command = {
  usage:
    'heddle dead-letters [rerun <id> | rerun --all | dismiss <id> | dismiss --all] [--reason TEXT] [--as WHO] [--all] [--workspace DIR] [--json]',
  summary: 'list what finally failed; run it again or dismiss it',
  help: `  heddle dead-letters               those that are open, the newest first; with --all also those that were dismissed or run again
  heddle dead-letters rerun <id>    starts a run that takes over what succeeded and does again what failed; it answers for every dead
                                    letter of its run, and the command stays until it has ended or waits
  heddle dead-letters rerun --all   the same for every one that is open, one run after the other
  heddle dead-letters dismiss <id>  nothing more is to be done about it
  --reason TEXT                     why it is dismissed
  --as WHO                          who did it; the account's name when left out
With --json each is one line of JSON. Exit codes of rerun are those of \`heddle run\`, the worst of several.`,
  positionals: [],
  optionalPositionals: ['rerun | dismiss', 'id'],
  options: { ...commonOptions, all: { type: 'boolean' }, reason: { type: 'string' }, as: { type: 'string' } },
  run: async (args, context) => {
    const [verb = 'list', id] = args.positionals;
    if (verb !== 'list' && verb !== 'rerun' && verb !== 'dismiss')
      throw new UsageError(`There is nothing called ${JSON.stringify(verb)} to do with dead letters: rerun or dismiss.`);
    if (verb !== 'list' && (id === undefined) !== args.isSet('all')) throw new UsageError(`Say which to ${verb}: an id, or --all.`);
    const connection = await connect(await readCommandConfiguration(args, context), verb === 'list' ? 'reading' : 'running');
    const by = args.text('as') ?? context.env.USER ?? 'command line';
    try {
      switch (verb) {
        case 'list':
          return await list(connection.api, args, context);
        case 'dismiss':
          return await dismiss(connection.api, id, by, args, context);
        case 'rerun':
          return await rerun(connection, id, by, args, context);
        default:
          return assertNever(verb);
      }
    } finally {
      await connection.close();
    }
  },
};

async function list(api: HeddleApi, args: Arguments, { output }: CommandContext): Promise<number> {
  const letters = await api.deadLetter.list({ withHandled: args.isSet('all') });
  for (const letter of letters) {
    if (args.isSet('json')) output.json(letter);
    else for (const line of toLines(letter)) output.line(line);
  }
  if (letters.length === 0 && !args.isSet('json')) output.note('Nothing has finally failed.');
  return exitCodes.succeeded;
}

async function dismiss(api: HeddleApi, id: string | undefined, by: string, args: Arguments, { output }: CommandContext): Promise<number> {
  const ids = id === undefined ? (await api.deadLetter.list({})).map((letter) => letter.id) : [id];
  const reason = args.text('reason') ?? '';
  for (const each of ids) await api.deadLetter.dismiss({ id: each, by, reason });
  if (args.isSet('json')) output.json({ type: 'result', status: 'dismissed', ids });
  else output.note(`${ids.length} dismissed.`);
  return exitCodes.succeeded;
}

/** A run answers for all letters of the run that it was forked from, so those are not run again. */
async function rerun(
  { api, ...connection }: Connection,
  id: string | undefined,
  by: string,
  args: Arguments,
  context: CommandContext,
): Promise<number> {
  const codes: number[] = [];
  const next = async () => (id === undefined ? (await api.deadLetter.list({})).find(isOld)?.id : codes.length === 0 ? id : undefined);
  // What fails again on the way is a letter of its own: it is left for the next time.
  const known = new Set(id === undefined ? (await api.deadLetter.list({})).map((letter) => letter.id) : []);
  function isOld(letter: FiledDeadLetter): boolean {
    return known.has(letter.id);
  }
  for (let each = await next(); each !== undefined && !context.interrupted.aborted; each = await next()) {
    const { runId } = await api.deadLetter.rerun({ id: each, by, startedBy: 'cli' });
    context.output.note(`${each} runs again as ${runId}`);
    codes.push(await watchRun({ api, ...connection }, runId, toReport(args, context), context));
  }
  if (codes.length === 0) context.output.note('Nothing has finally failed.');
  return Math.max(exitCodes.succeeded, ...codes);
}

function toLines({ id, nodeName, workflowName, error, effect, reason, attempts, failedAtMs, handling }: FiledDeadLetter): string[] {
  const tries = attempts === 1 ? 'one try' : `${attempts} tries`;
  return [
    `${id}  ${new Date(failedAtMs).toISOString().slice(0, 19)}  ${workflowName} · ${nodeName}, after ${tries}; ${effectWords[effect]}`,
    `    ${error.code}: ${error.message} (${reasonWords[reason]})`,
    ...(handling.type === 'open'
      ? []
      : [
          handling.type === 'rerun'
            ? `    run again as ${handling.newRunId} by ${handling.by}`
            : `    dismissed by ${handling.by}${handling.reason === '' ? '' : `: ${handling.reason}`}`,
        ]),
  ];
}

const effectWords = {
  runFailed: 'its run failed',
  leftOut: 'its run went on without it',
  kept: 'its map went on without the item',
  notUndone: 'what it should undo stays done',
} as const;

const reasonWords = {
  noTriesLeft: 'its tries were used up',
  outOfTime: 'its time was over',
  lasting: 'trying the same again would meet it again',
  inDoubt: 'trying again could do it twice',
  decided: 'so it was decided',
} as const;
