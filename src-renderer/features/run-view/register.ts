import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { ConsolePanel } from './console-panel.tsx';
import { EventsPanel } from './events-panel.tsx';
import { FramesPanel } from './frames-panel.tsx';
import { OutputPanel } from './output-panel.tsx';
import { runViewCommands } from './run-commands.ts';
import { RunInspector } from './run-inspector.tsx';
import { RunView } from './run-view.tsx';

/** A run's tab with its frames, inspector, events, output and console. */
export function register(): void {
  registerPanel('run-view', RunView);
  registerPanel('run-frames', FramesPanel);
  registerPanel('run-inspector', RunInspector);
  registerPanel('run-events', EventsPanel);
  registerPanel('run-output', OutputPanel);
  registerPanel('run-console', ConsolePanel);
  registerCommands(runViewCommands);
}
