import { type Command, registerCommands } from '../../app/commands.ts';
import { registerOverlay } from '../../app/panels.ts';
import { useStarting, whileStarting } from '../../state/run-actions.ts';
import { beginPart, findPartTarget } from './part-target.ts';
import { RunStartDialog } from './run-start-dialog.tsx';
import { beginRun, findRunTarget } from './run-target.ts';

/** Starts runs, of whole workflows and of parts of them: at once where nothing must be asked, else through a form. */
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
    ...partCommands.map(
      ({ id, title, keys, mode }): Command => ({
        id,
        title,
        group: 'Run',
        keys,
        when: () => findPartTarget() !== null && useStarting.getState().count === 0,
        run: () => whileStarting(() => beginPart(mode)),
      }),
    ),
  ]);
}

const partCommands = [
  { id: 'part.only', title: 'Run only the selected node', keys: 'F7', mode: 'only' },
  { id: 'part.to', title: 'Run up to the selected node', keys: 'Shift+F7', mode: 'to' },
  { id: 'part.from', title: 'Run from the selected node on', keys: 'Mod+F7', mode: 'from' },
] as const;

function canBegin(): boolean {
  return findRunTarget() !== null && useStarting.getState().count === 0;
}
