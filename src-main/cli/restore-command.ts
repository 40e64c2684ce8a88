import { resolve } from 'node:path';
import { openWorkspaceFolder } from '../workspace/workspace-folder.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { exitCodes } from './exit-codes.ts';

/** `heddle restore`: the journal of a backup becomes that of a workspace. */
export const restoreCommand: Command = {
  usage: 'heddle restore <backup> [--workspace DIR] [--force] [--json]',
  summary: 'make the journal in a backup that of a workspace',
  help: `Checks the backup first. Works only while no host has the workspace open, and refuses to take the place of a journal that is there.

  --force  put that journal aside, into a folder below .heddle; and take what is whole in a backup with damaged runs`,
  positionals: ['backup'],
  options: { ...commonOptions, force: { type: 'boolean' } },
  run: async (args, context) => {
    const { output } = context;
    const { root } = openWorkspaceFolder((await readCommandConfiguration(args, context)).workspace);
    const [{ restoreJournal }, { systemClock }] = await Promise.all([
      import('../host/restore-journal.ts'),
      import('../host/system-clock.ts'),
    ]);
    const restored = await restoreJournal(resolve(context.cwd, args.positionals[0] ?? ''), root, {
      force: args.isSet('force'),
      nowMs: systemClock.nowMs(),
    });
    if (args.isSet('json')) output.json({ workspace: root, ...restored });
    else {
      output.line(
        `${root} has the journal of ${new Date(restored.about.atMs).toISOString().slice(0, 19)} again: ${restored.streams} runs, ${restored.events} events.`,
      );
      if (restored.replacedPath !== null) output.line(`The journal that was there is kept in ${restored.replacedPath}.`);
      for (const stream of restored.damaged) output.note(`${stream} is damaged in the backup.`);
    }
    return exitCodes.succeeded;
  },
};
