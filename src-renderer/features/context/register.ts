import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { showBottom } from '../../state/layout.ts';
import { selectActiveTab, toFollowKey, useTabs } from '../../state/tabs.ts';
import { ContextPanel } from './context-panel.tsx';

/** What each model call was sent, in the bottom panel of a run. */
export function register(): void {
  registerPanel('run-context', ContextPanel);
  registerCommands([
    {
      id: 'run.showContext',
      title: 'Show what the model saw',
      group: 'Run',
      keys: 'Mod+Shift+X',
      when: () => toFollowKey(selectActiveTab(useTabs.getState())) !== null,
      run: () => showBottom('context'),
    },
  ]);
}
