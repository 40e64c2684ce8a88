import { resolve } from 'node:path';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes } from './exit-codes.ts';
import { toSize } from './sizes.ts';

/** `heddle backup`: the journal in one file, checked, while everything goes on. */
export const backupCommand: Command = {
  usage: 'heddle backup <file or folder> [--workspace DIR] [--json]',
  summary: 'write a backup of the journal and check it',
  help: `Runs go on meanwhile: a running host writes the backup itself, and every event that was acknowledged before is in it. A folder gets a
file named for the workspace and the time; nothing is overwritten. Workflow files, settings and keys are not part of the journal.
Exit code 1 when the journal itself has damaged runs, which the backup then has too.`,
  positionals: ['file or folder'],
  options: commonOptions,
  run: async (args, context) => {
    const { output } = context;
    const [target = ''] = args.positionals;
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      const report = await connection.api.journal.backUp({ path: resolve(context.cwd, target) });
      if (args.isSet('json')) output.json(report);
      else {
        output.line(`${report.path}: ${report.runs} runs, ${report.events} events, ${toSize(report.bytes)}; every event checked.`);
        for (const runId of report.damagedRuns)
          output.note(`Run ${runId} is damaged in the journal, and so in the backup. \`heddle doctor\` says more.`);
      }
      return report.damagedRuns.length === 0 ? exitCodes.succeeded : exitCodes.failed;
    } finally {
      await connection.close();
    }
  },
};
