import type { Command } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { changeRun, liveRunHelp, liveRunOptions, liveRunUsage } from './live-run.ts';

/** `heddle interrupt`: a run comes to rest where it is, and keeps. */
export const interruptCommand: Command = {
  usage: `heddle interrupt <runId> [--abandon] [--reason TEXT] ${liveRunUsage}`,
  summary: 'let a run come to rest, to go on later',
  help: `Nothing more is started; calls that are at work come to their end first. \`heddle continue\` lets it go on.
  --abandon        drop the calls that are at work; they are made again later, where that is safe
  --reason TEXT    why, for the journal

${liveRunHelp}
Exit code 0 when the run is interrupted.`,
  positionals: ['runId'],
  options: { ...liveRunOptions, abandon: { type: 'boolean' }, reason: { type: 'string' } },
  run: async (args, context) => {
    const [runId = ''] = args.positionals;
    const mode = args.isSet('abandon') ? 'abandon' : 'finish';
    const reason = args.text('reason');
    const exitCode = await changeRun(args, context, runId, async (api, by) => {
      await api.run.interrupt({ runId, mode, by, ...(reason === undefined ? {} : { reason }) });
    });
    // Coming to rest is what was asked for.
    return exitCode === exitCodes.waiting ? exitCodes.succeeded : exitCode;
  },
};

/** `heddle continue`: an interrupted run goes on. */
export const continueCommand: Command = {
  usage: `heddle continue <runId> ${liveRunUsage}`,
  summary: 'let an interrupted run go on',
  help: `A run that was interrupted because it had cost its budget first needs a larger one: \`heddle steer <runId> --budget USD\`.

${liveRunHelp}`,
  positionals: ['runId'],
  options: liveRunOptions,
  run: (args, context) => {
    const [runId = ''] = args.positionals;
    return changeRun(args, context, runId, async (api, by) => {
      await api.run.continue({ runId, by });
    });
  },
};

/** `heddle compensate`: a run stops, and what it did is undone. */
export const compensateCommand: Command = {
  usage: `heddle compensate <runId> [--reason TEXT] ${liveRunUsage}`,
  summary: 'stop a run and undo what it did',
  help: `Completed nodes that name a compensation are undone, the last one first. What cannot be undone is listed by \`heddle dead-letters\`.
  --reason TEXT    why, for the journal

${liveRunHelp}
A run that was stopped and undone exits 1, as one that was cancelled.`,
  positionals: ['runId'],
  options: { ...liveRunOptions, reason: { type: 'string' } },
  run: (args, context) => {
    const [runId = ''] = args.positionals;
    const reason = args.text('reason');
    return changeRun(args, context, runId, async (api, by) => {
      await api.run.compensate({ runId, by, ...(reason === undefined ? {} : { reason }) });
    });
  },
};
