import { resolve } from 'node:path';
import type { ReplayReport } from '#shared/run/replay-report.ts';
import type { RequestChange } from '#shared/run/request-change.ts';
import type { DiffPart } from '#shared/run/word-diff.ts';
import { readWorkflow } from '../workspace/workflow-files.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes } from './exit-codes.ts';

/** `heddle replay`: runs a run again from its journal, asking nobody, and says what comes out differently. */
export const replayCommand: Command = {
  usage: 'heddle replay <runId> [--workspace DIR] [--workflow FILE] [--json]',
  summary: 'run a run again from its journal, and say what differs',
  help: `No model, tool or person is asked, and nothing is written.

  --workflow FILE  follow this workflow instead of the one that was recorded: shows what it would do differently,
                   and where the journal has no answer for it
  --json           the whole report as one line of JSON

Exit codes: 0 when everything came out the same, 1 when something did not.`,
  positionals: ['runId'],
  options: { ...commonOptions, workflow: { type: 'string' } },
  run: async (args, context) => {
    const [runId = ''] = args.positionals;
    const { output } = context;
    const file = args.text('workflow');
    const document = file === undefined ? undefined : (await readWorkflow(resolve(context.cwd, file), file)).document;
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      const report = await connection.api.run.replay({
        runId,
        ...(document === undefined ? {} : { workflow: { type: 'document', document } }),
      });
      if (args.isSet('json')) output.json(report);
      else for (const line of toReportLines(report)) output.line(line);
      return report.isConsistent ? exitCodes.succeeded : exitCodes.failed;
    } finally {
      await connection.close();
    }
  },
};

function toReportLines({ runId, isConsistent, events, replayed, divergences, unreached }: ReplayReport): readonly string[] {
  if (isConsistent) return [`${runId} is consistent: all ${events} events came out the same.`];
  return [
    `${runId} diverges: ${replayed} of ${events} events came out the same.`,
    ...divergences.flatMap((divergence) => [
      `  ${(divergence.seq ?? '–').toString().padStart(5)}  ${divergence.class.padEnd(15)}  ${divergence.frame === '' ? 'the run' : divergence.frame}: ${divergence.message}`,
      ...divergence.changes.flatMap(toChangeLines),
      ...(divergence.changes.length === 0 && divergence.diff.length > 0 ? [`         ${toDiffText(divergence.diff)}`] : []),
      ...(divergence.isMissing ? [`         no recorded answer; the nearest is ${divergence.nearest?.frame ?? 'none'}`] : []),
    ]),
    ...(unreached.length === 0 ? [] : [`  not reached: ${unreached.join(', ')}`]),
  ];
}

function toChangeLines({ label, diff }: RequestChange): readonly string[] {
  return diff.length === 0 ? [] : [`         ${label}: ${toDiffText(diff)}`];
}

/** One line: what went in [-brackets-], what came in {+braces+}. */
function toDiffText(diff: readonly DiffPart[]): string {
  return diff
    .map(({ type, text }) => (type === 'same' ? text : type === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
