import type { Command } from '../../app/commands.ts';
import {
  type FollowedRun,
  selectShownState,
  updateFollowedRun,
  useFollowedRuns,
  withCursor,
  withCursorMoved,
} from '../../state/followed-runs.ts';
import { cancelRun, resumeRun } from '../../state/run-actions.ts';
import { isActive, isStopped, useRuns } from '../../state/runs.ts';
import { toScopeToEnter } from '../../state/scope-words.ts';
import { enterScope, selectNodes, selectScope, useSelection } from '../../state/selection.ts';
import { selectActiveTab, toFollowKey, useTabs } from '../../state/tabs.ts';
import { leaveScope } from './scope-bar.tsx';

/** What can be done with the run in front, by key and from the palette. */
export const runViewCommands: readonly Command[] = [
  {
    id: 'run.stop',
    title: 'Stop this run',
    group: 'Run',
    keys: 'Shift+F5',
    when: () => activeStatus('live'),
    run: () => cancelRun(activeRunId()),
  },
  { id: 'run.resume', title: 'Resume this run', group: 'Run', when: () => activeStatus('stopped'), run: () => resumeRun(activeRunId()) },
  {
    id: 'run.enterNode',
    title: 'Look inside the selected node',
    group: 'Run',
    when: () => scopeToEnter() !== undefined,
    run: () => withShown((run) => enterScope(run.key, scopeToEnter() ?? '')),
  },
  {
    id: 'run.leaveScope',
    title: 'Go back to the graph around this one',
    group: 'Run',
    keys: 'Alt+ArrowUp',
    when: () => shownScope() !== '',
    run: () => withShown((run) => leaveScope(run.key, shownScope())),
  },
  {
    id: 'run.nextEvent',
    title: 'Go to next event',
    group: 'Run',
    keys: 'F10',
    when: () => shownRun() !== undefined,
    run: () => move((run) => withCursorMoved(run, 1)),
  },
  {
    id: 'run.previousEvent',
    title: 'Go to previous event',
    group: 'Run',
    keys: 'Alt+F10',
    when: () => shownRun() !== undefined,
    run: () => move((run) => withCursorMoved(run, -1)),
  },
  {
    id: 'run.firstEvent',
    title: 'Go to first event',
    group: 'Run',
    keys: 'Alt+Home',
    when: () => shownRun() !== undefined,
    run: () => move((run) => withCursor(run, 1)),
  },
  {
    id: 'run.lastEvent',
    title: 'Go to newest event',
    group: 'Run',
    keys: 'Alt+End',
    when: () => shownRun() !== undefined,
    run: () => move((run) => ({ ...run, cursor: null })),
  },
];

function shownRun(): FollowedRun | undefined {
  const key = toFollowKey(selectActiveTab(useTabs.getState()));
  return key === null ? undefined : useFollowedRuns.getState().byKey[key];
}

function shownScope(): string {
  const run = shownRun();
  return run === undefined ? '' : selectScope(useSelection.getState(), run.key);
}

/** What the selected node ran inside; undefined when there is nothing. */
function scopeToEnter(): string | undefined {
  const run = shownRun();
  const state = run === undefined ? null : selectShownState(run);
  const node = run === undefined ? undefined : selectNodes(useSelection.getState(), run.key).at(-1);
  return state === null || node === undefined ? undefined : toScopeToEnter(state, node);
}

function withShown(act: (run: FollowedRun) => void): void {
  const run = shownRun();
  if (run !== undefined) act(run);
}

function move(change: (run: FollowedRun) => FollowedRun): void {
  const run = shownRun();
  if (run !== undefined) updateFollowedRun(run.key, change);
}

function activeRunId(): string {
  const tab = selectActiveTab(useTabs.getState());
  return tab?.type === 'run' ? tab.runId : '';
}

function activeStatus(wanted: 'live' | 'stopped'): boolean {
  const run = useRuns.getState().byId[activeRunId()];
  if (run === undefined) return false;
  return wanted === 'live' ? isActive(run.status) && run.status !== 'cancelling' && run.error === null : isStopped(run);
}
