import { registerCommands } from '../../app/commands.ts';
import { registerOverlay } from '../../app/panels.ts';
import { RunStartDialog } from './run-start-dialog.tsx';
import { beginRun, findRunTarget } from './run-target.ts';

/** Starts runs: at once where nothing must be asked, else through a form. */
export function register(): void {
  registerOverlay(RunStartDialog);
  registerCommands([
    { id: 'run.start', title: 'Run', group: 'Run', keys: 'F5', when: () => findRunTarget() !== null, run: () => beginRun(false) },
    {
      id: 'run.startWith',
      title: 'Run with other inputs or another model',
      group: 'Run',
      keys: 'Alt+F5',
      when: () => findRunTarget() !== null,
      run: () => beginRun(true),
    },
  ]);
}
