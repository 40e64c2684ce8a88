import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { selectActiveTab, useTabs } from '../../state/tabs.ts';
import { showCriticalPath, useShownPath } from './plan-highlight.ts';
import { PlanPanel } from './plan-panel.tsx';

/** What the workflow in front will do when, how long it takes and what it costs. */
export function register(): void {
  registerPanel('plan', PlanPanel);
  registerCommands([
    {
      id: 'plan.showCriticalPath',
      title: 'Show or hide the critical path on the canvas',
      group: 'View',
      keys: 'Alt+L',
      when: () => selectActiveTab(useTabs.getState())?.type === 'workflow',
      run: () => {
        const tab = selectActiveTab(useTabs.getState());
        if (tab?.type === 'workflow') showCriticalPath(tab.path, useShownPath.getState().path !== tab.path);
      },
    },
  ]);
}
