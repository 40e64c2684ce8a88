import type { HeddleApi } from '#shared/contract/client.ts';
import { type CommandContext, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { toExitCode } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { toReport, watchRun } from './watch-run.ts';

/** Flags of every command that does something to a live run. */
export const liveRunOptions = { ...commonOptions, as: { type: 'string' }, 'no-wait': { type: 'boolean' } } as const;

/** The same in a usage line. */
export const liveRunUsage = '[--as WHO] [--no-wait] [--workspace DIR] [--json]';

/** How they all behave, for their help. */
export const liveRunHelp = `If a host has the workspace open, it is done there; else this process takes the run up for the moment.
The command stays until the run has ended, waits or is interrupted again; Ctrl-C leaves it and the run as it is.
  --as WHO         who did it, for the journal; the account's name when left out
  --no-wait        leave as soon as it is journalled
  --json           what was journalled since, as lines of JSON, last {"type":"result",…}
Exit codes are those of \`heddle run\`.`;

/** What is done to the run; may change the exit code that the run's status would give. */
export type RunChange = (api: HeddleApi, by: string) => Promise<void>;

/** Does something to a live run, wherever it is driven, and stays with it until it rests. */
export async function changeRun(args: Arguments, context: CommandContext, runId: string, change: RunChange): Promise<number> {
  const connection = await connect(await readCommandConfiguration(args, context), 'running');
  const { api } = connection;
  try {
    if (!connection.isRemote) await api.run.resume({ runId });
    const { lastSeq } = await api.run.get({ runId });
    await change(api, args.text('as') ?? context.env.USER ?? 'command line');
    const report = toReport(args, context);
    if (!args.isSet('no-wait')) return await watchRun(connection, runId, report, context, { afterSeq: lastSeq, onCtrlC: 'leave' });
    const { status, usage } = await api.run.get({ runId });
    if (args.isSet('json')) context.output.json({ type: 'result', runId, status, outputs: {}, usage });
    return status === 'failed' ? toExitCode(status) : 0;
  } finally {
    await connection.close();
  }
}
