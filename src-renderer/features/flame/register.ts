import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { showBottom } from '../../state/layout.ts';
import { selectActiveTab, toFollowKey, useTabs } from '../../state/tabs.ts';
import { FlamePanel } from './flame-panel.tsx';

/** The flame graph of a run, in its bottom panel. */
export function register(): void {
  registerPanel('run-flame', FlamePanel);
  registerCommands([
    {
      id: 'run.showFlame',
      title: 'Show the flame graph',
      group: 'Run',
      keys: 'Mod+Shift+F',
      when: () => toFollowKey(selectActiveTab(useTabs.getState())) !== null,
      run: () => showBottom('flame'),
    },
  ]);
}
