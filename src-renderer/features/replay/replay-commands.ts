import { isFinal } from '#shared/run/plan-next.ts';
import type { Command } from '../../app/commands.ts';
import { findFollowedInFront, openForkHere, useReplayDialog } from './replay-dialogs.ts';

/** Replays and forks of the run in front. */
export const replayCommands: readonly Command[] = [
  {
    id: 'run.replay',
    title: 'Replay this run from its journal',
    group: 'Run',
    keys: 'Alt+F8',
    when: () => {
      const run = findFollowedInFront();
      return run !== undefined && isFinal(run.head.status);
    },
    run: () => {
      const run = findFollowedInFront();
      if (run !== undefined) useReplayDialog.setState({ open: { type: 'replay', runId: run.head.runId } });
    },
  },
  {
    id: 'run.fork',
    title: 'Fork this run from the event that is looked at',
    group: 'Run',
    keys: 'Alt+F9',
    when: () => findFollowedInFront() !== undefined,
    run: () => openForkHere(),
  },
  {
    id: 'run.forkReport',
    title: 'Show what this fork reused and what it ran again',
    group: 'Run',
    when: () => (findFollowedInFront()?.head.forkedFrom ?? null) !== null,
    run: () => {
      const run = findFollowedInFront();
      if (run !== undefined) useReplayDialog.setState({ open: { type: 'forkReport', runId: run.head.runId } });
    },
  },
];
