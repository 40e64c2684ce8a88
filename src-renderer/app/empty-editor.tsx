import { KeyHint } from '../ui/key-hint.tsx';
import { canRun, keysOf, listCommands, runCommand } from './commands.ts';

const shown = ['workflow.new', 'palette.open', 'view.welcome', 'view.explorer', 'view.runs', 'help.keys'];

/** What the editor area offers while no tab is open. */
export function EmptyEditor() {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-4 bg-canvas">
      <p className="text-13 text-ink-2">Nothing is open.</p>
      <ul className="w-72">
        {listCommands()
          .filter((command) => shown.includes(command.id) && canRun(command.id))
          .sort((a, b) => shown.indexOf(a.id) - shown.indexOf(b.id))
          .map((command) => (
            <li key={command.id}>
              <button
                type="button"
                className="flex h-7 w-full items-center justify-between gap-4 rounded-md px-2 text-13 text-ink-2 hover:bg-surface-2 hover:text-ink-1"
                onClick={() => runCommand(command.id)}
              >
                {command.title}
                {command.keys !== undefined && <KeyHint keys={keysOf(command.id) ?? ''} />}
              </button>
            </li>
          ))}
      </ul>
    </div>
  );
}
