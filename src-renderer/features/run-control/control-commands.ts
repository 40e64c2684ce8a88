import { isFinal } from '#shared/run/plan-next.ts';
import type { Command } from '../../app/commands.ts';
import { continueRun, interruptRun } from '../../state/run-actions.ts';
import { canInterrupt, findRunInFront, isBudgetSpent, isHeld, useControlDialog } from './run-in-front.ts';
import { listUndoable } from './undoable.ts';

/** What can be asked of the run in front, by key and from the palette. */
export const controlCommands: readonly Command[] = [
  {
    id: 'run.interrupt',
    title: 'Interrupt this run when its calls have finished',
    group: 'Run',
    keys: 'F6',
    when: () => holds(canInterrupt),
    run: () => withRun((runId) => interruptRun(runId, 'finish')),
  },
  {
    id: 'run.interruptAtOnce',
    title: 'Interrupt this run at once, dropping its calls',
    group: 'Run',
    keys: 'Shift+F6',
    when: () => holds((run) => canInterrupt(run) || (run.interrupt?.isReached === false && run.interrupt.mode === 'finish')),
    run: () => withRun((runId) => interruptRun(runId, 'abandon')),
  },
  { id: 'run.continue', title: 'Continue this run', group: 'Run', keys: 'F8', when: () => holds(isHeld), run: continueOrSteer },
  {
    id: 'run.steer',
    title: 'Steer this run',
    group: 'Run',
    keys: 'Alt+F6',
    when: () => holds(({ status }) => !isFinal(status) && status !== 'cancelling' && status !== 'compensating'),
    run: () => withRun((runId) => useControlDialog.setState({ open: { type: 'steer', runId } })),
  },
  {
    id: 'run.undo',
    title: 'Stop this run and undo what it did',
    group: 'Run',
    when: () => holds((run) => !isFinal(run.status) && !run.isCompensationRequested && listUndoable(run).length > 0),
    run: () => withRun((runId) => useControlDialog.setState({ open: { type: 'undo', runId } })),
  },
];

/** A run that has spent its budget cannot go on before it gets a larger one. */
function continueOrSteer(): Promise<void> | void {
  const run = findRunInFront();
  if (run === undefined) return undefined;
  if (!isBudgetSpent(run)) return continueRun(run.runId);
  useControlDialog.setState({ open: { type: 'steer', runId: run.runId } });
  return undefined;
}

function holds(test: (run: NonNullable<ReturnType<typeof findRunInFront>>) => boolean): boolean {
  const run = findRunInFront();
  return run !== undefined && test(run);
}

function withRun(act: (runId: string) => Promise<void> | void): Promise<void> | void {
  const run = findRunInFront();
  return run === undefined ? undefined : act(run.runId);
}
