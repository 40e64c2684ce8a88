import type { CommandContext } from './command.ts';
import type { Connection } from './connect.ts';
import { toExitCode } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { followToRest } from './run-follower.ts';
import { createHumanReport, createJsonReport, type RunReport } from './run-report.ts';

/** How a command shows runs. */
export function toReport(args: Arguments, { output, isTerminal }: CommandContext): RunReport {
  return args.isSet('json') ? createJsonReport(output) : createHumanReport(output, isTerminal);
}

/** Shows a run until it rests, and gives the exit code. The first Ctrl-C cancels the run and waits for its end. */
export async function watchRun(
  { api }: Connection,
  runId: string,
  report: RunReport,
  { output, interrupted }: CommandContext,
): Promise<number> {
  const cancel = (): void => {
    output.note('… cancelling; press Ctrl-C again to leave at once');
    api.run
      .cancel({ runId, reason: 'cancelled from the command line' })
      .catch((error: unknown) => output.note(`heddle: ${error instanceof Error ? error.message : String(error)}`));
  };
  if (interrupted.aborted) cancel();
  interrupted.addEventListener('abort', cancel, { once: true });
  try {
    const result = await followToRest(api, runId, (item, state) => report.show(item, state), new AbortController().signal);
    report.finish(result);
    return toExitCode(result.status);
  } finally {
    interrupted.removeEventListener('abort', cancel);
  }
}
