import type { Command } from './command.ts';
import { readJsonArgument } from './json-argument.ts';
import { changeRun, liveRunHelp, liveRunOptions, liveRunUsage } from './live-run.ts';

/** `heddle signal`: sends what a node waits for, or may wait for later. */
export const signalCommand: Command = {
  usage: `heddle signal <runId> <name> [json | @file] ${liveRunUsage}`,
  summary: 'send a signal to a run',
  help: `The signal goes to the node that waits for this name the longest, or is kept until one does. Without a value it brings null.

${liveRunHelp}`,
  positionals: ['runId', 'name'],
  optionalPositionals: ['json | @file'],
  options: liveRunOptions,
  run: async (args, context) => {
    const [runId = '', name = '', value] = args.positionals;
    const payload = value === undefined ? null : await readJsonArgument(value, 'The value of the signal', context.cwd);
    return changeRun(args, context, runId, async (api, by) => {
      await api.run.signal({ runId, name, payload, by });
    });
  },
};
