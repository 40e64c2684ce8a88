import { HeddleError } from '#shared/base/errors.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { toReport, watchRun } from './watch-run.ts';

/** `heddle resume`: takes up a run that a crash or a fault stopped, and stays with it as `heddle run` does. */
export const resumeCommand: Command = {
  usage: 'heddle resume <runId> [--workspace DIR] [--json]',
  summary: 'take up a run that was interrupted, or follow one',
  help: `A run that has ended is shown again and not run again. Exit codes are those of \`heddle run\`.`,
  positionals: ['runId'],
  options: commonOptions,
  run: async (args, context) => {
    const [runId = ''] = args.positionals;
    const connection = await connect(await readCommandConfiguration(args, context), 'running');
    try {
      await takeUp(connection.api, runId);
      return await watchRun(connection, runId, toReport(args, context), context);
    } finally {
      await connection.close();
    }
  },
};

/** A run that has ended is no error here: it is shown. */
async function takeUp(api: HeddleApi, runId: string): Promise<void> {
  try {
    await api.run.resume({ runId });
  } catch (error) {
    if (!(error instanceof HeddleError && error.code === 'run.alreadyFinished')) throw error;
  }
}
