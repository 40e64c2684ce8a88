import { registerCommands } from '../../app/commands.ts';
import { registerOverlay, registerPanel } from '../../app/panels.ts';
import { ControlButtons } from './control-buttons.tsx';
import { controlCommands } from './control-commands.ts';
import { InterruptBanner } from './interrupt-banner.tsx';
import { SteerDialog } from './steer-dialog.tsx';
import { UndoDialog } from './undo-dialog.tsx';

/** What can be asked of a run while it lives: to hold, go on, change, stop, and undo what it did. */
export function register(): void {
  registerPanel('run-controls', ControlButtons);
  registerPanel('run-notice', InterruptBanner);
  registerOverlay(SteerDialog);
  registerOverlay(UndoDialog);
  registerCommands(controlCommands);
}
