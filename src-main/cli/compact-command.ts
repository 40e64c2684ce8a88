import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { toSize } from './sizes.ts';

/** `heddle compact`: old runs take less room, and read as before. */
export const compactCommand: Command = {
  usage: 'heddle compact [--older-than 30d] [--dry-run] [--workspace DIR] [--json]',
  summary: 'compress the events of runs that ended long ago',
  help: `Nothing is lost: the events of each run are checked, compressed, and read as before. Works beside a running host, through it.

  --older-than AGE  runs that ended before that: 30d (the default), 12h, 0d for all that ended
  --dry-run         say what would be compressed, and change nothing

Exit code 1 when damaged runs were left as they are.`,
  positionals: [],
  options: { ...commonOptions, 'older-than': { type: 'string' }, 'dry-run': { type: 'boolean' } },
  run: async (args, context) => {
    const { output } = context;
    const dryRun = args.isSet('dry-run');
    const olderThanDays = toDays(args.text('older-than') ?? '30d');
    const connection = await connect(await readCommandConfiguration(args, context), dryRun ? 'reading' : 'running');
    try {
      const report = await connection.api.journal.compact({ olderThanDays, dryRun });
      if (args.isSet('json')) output.json(report);
      else {
        const what = `${report.runs} ${report.runs === 1 ? 'run' : 'runs'} with ${report.events} events, ${toSize(report.bytesBefore)}`;
        output.line(
          report.bytesAfter === null
            ? `Would compress ${what}.`
            : `Compressed ${what}, to ${toSize(report.bytesAfter)}; the journal is ${toSize(report.freedBytes)} smaller.`,
        );
        for (const { runId, reason } of report.skipped) output.note(`Run ${runId} was left as it is: ${reason}`);
      }
      return report.skipped.length === 0 ? exitCodes.succeeded : exitCodes.failed;
    } finally {
      await connection.close();
    }
  },
};

function toDays(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(d|h)$/.exec(text) ?? [];
  if (amount === undefined)
    throw new UsageError(`--older-than is a number of days or hours, such as 30d or 12h, not ${JSON.stringify(text)}.`);
  return Number(amount) / (unit === 'h' ? 24 : 1);
}
