import { type Perspective, useLayout } from '../state/layout.ts';
import { selectRuns, useRuns } from '../state/runs.ts';
import { openTab, type Tab, toTabId, useTabs } from '../state/tabs.ts';

/** Goes to Build or Debug: the panels of that perspective, and the workflow or run that was last in front. */
export function setPerspective(perspective: Perspective): void {
  useLayout.setState({ perspective, side: perspective === 'build' ? 'explorer' : 'runs' });
  const tabs = useTabs.getState();
  const target = perspective === 'build' ? tabs.lastWorkflow : (tabs.lastRun ?? newestRunTab());
  if (target !== null && toTabId(target) !== tabs.activeId) openTab(target);
}

/** The perspective a tab belongs to; null for tabs at home in both. */
export function toPerspective(tab: Tab | null): Perspective | null {
  switch (tab?.type) {
    case 'workflow':
      return 'build';
    case 'run':
    case 'recorded':
      return 'debug';
    default:
      return null;
  }
}

function newestRunTab(): Tab | null {
  const newest = selectRuns(useRuns.getState().byId, { status: 'all', text: '' })[0];
  return newest === undefined ? null : { type: 'run', runId: newest.runId };
}
