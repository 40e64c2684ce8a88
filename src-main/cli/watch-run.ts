import type { CommandContext } from './command.ts';
import type { Connection } from './connect.ts';
import { exitCodes, toExitCode } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { followToRest, type RunWatcher } from './run-follower.ts';
import { createHumanReport, createJsonReport, type RunReport } from './run-report.ts';

/** How a command shows runs. */
export function toReport(args: Arguments, { output, isTerminal }: CommandContext): RunReport {
  return args.isSet('json') ? createJsonReport(output) : createHumanReport(output, isTerminal);
}

/** How a run is watched. */
export interface WatchOptions {
  /** Events up to this one are known, and not shown. */
  readonly afterSeq?: number;
  /** What the first Ctrl-C does to the run; when left out it is cancelled, and its end waited for. */
  readonly onCtrlC?: 'cancel' | 'leave';
}

/** Shows a run until it rests, and gives the exit code. */
export async function watchRun(
  { api }: Connection,
  runId: string,
  report: RunReport,
  { output, interrupted }: CommandContext,
  { afterSeq = 0, onCtrlC = 'cancel' }: WatchOptions = {},
): Promise<number> {
  const leaving = new AbortController();
  const cancel = (): void => {
    output.note('… cancelling; press Ctrl-C again to leave at once');
    api.run
      .cancel({ runId, reason: 'cancelled from the command line' })
      .catch((error: unknown) => output.note(`heddle: ${error instanceof Error ? error.message : String(error)}`));
  };
  const stop = onCtrlC === 'cancel' ? cancel : () => leaving.abort();
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop, { once: true });
  try {
    const show: RunWatcher = (item, state) => {
      if (item.type !== 'event' || item.event.seq > afterSeq) report.show(item, state);
    };
    const result = await followToRest(api, runId, show, leaving.signal);
    report.finish(result);
    return toExitCode(result.status);
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    output.note(`heddle: left run ${runId} as it is; \`heddle resume ${runId}\` follows it again`);
    return exitCodes.left;
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}
