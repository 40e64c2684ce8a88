import { registerPanel } from '../../app/panels.ts';
import { RunsPanel } from './runs-panel.tsx';

/** The list of runs. */
export function register(): void {
  registerPanel('runs', RunsPanel);
}
