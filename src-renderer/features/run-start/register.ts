import { registerCommands } from '../../app/commands.ts';
import { registerOverlay } from '../../app/panels.ts';
import { useStarting, whileStarting } from '../../state/run-actions.ts';
import { RunStartDialog } from './run-start-dialog.tsx';
import { beginRun, findRunTarget } from './run-target.ts';

/** Starts runs: at once where nothing must be asked, else through a form. */
export function register(): void {
  registerOverlay(RunStartDialog);
  registerCommands([
    { id: 'run.start', title: 'Run', group: 'Run', keys: 'F5', when: canBegin, run: () => whileStarting(() => beginRun(false)) },
    {
      id: 'run.startWith',
      title: 'Run with other inputs or another model',
      group: 'Run',
      keys: 'Alt+F5',
      when: canBegin,
      run: () => whileStarting(() => beginRun(true)),
    },
  ]);
}

function canBegin(): boolean {
  return findRunTarget() !== null && useStarting.getState().count === 0;
}
