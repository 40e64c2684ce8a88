import { registerCommands } from '../../app/commands.ts';
import { registerOverlay, registerPanel } from '../../app/panels.ts';
import { CallActions } from './call-actions.tsx';
import { ForkBanner } from './fork-banner.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { ForkReportDialog } from './fork-report-dialog.tsx';
import { replayCommands } from './replay-commands.ts';
import { ReplayDialog } from './replay-dialog.tsx';

/** Runs a run again from its journal, or on from any of its events with something changed. */
export function register(): void {
  registerPanel('run-origin', ForkBanner);
  registerPanel('call-actions', CallActions);
  registerOverlay(ForkDialog);
  registerOverlay(ForkReportDialog);
  registerOverlay(ReplayDialog);
  registerCommands(replayCommands);
}
