import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { nodeIn } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import type { Command } from '../../app/commands.ts';
import { notifyDone } from '../../app/notify.ts';
import { focusField } from '../../state/canvas-view.ts';
import { useConnection } from '../../state/connection.ts';
import { useFollowedRuns } from '../../state/followed-runs.ts';
import { findLastRun } from '../../state/last-run.ts';
import { useLayout } from '../../state/layout.ts';
import { pinOutputs, selectPins, unpin, usePins } from '../../state/pins.ts';
import { selectNodes, useSelection } from '../../state/selection.ts';
import { selectActiveTab, toTabId, useTabs } from '../../state/tabs.ts';

/** What can be pinned and unpinned in front, by key and from the palette. */
export const pinCommands: readonly Command[] = [
  {
    id: 'pin.lastOutput',
    title: 'Pin what the selected node gave last',
    group: 'Run',
    keys: 'Alt+P',
    when: () => isWritable() && findSelected() !== null,
    run: async () => {
      const selected = findSelected();
      if (selected === null) return;
      await pinOutputs(selected.path, selected.node, await findLastOutputs(selected));
      notifyDone('The output is pinned. It stands in for the node when only a part of the workflow runs.');
    },
  },
  {
    id: 'pin.edit',
    title: 'Pin an output of the selected node by hand',
    group: 'Run',
    when: () => isWritable() && findSelected()?.type === 'workflow',
    run: () => {
      const selected = findSelected();
      if (selected === null) return;
      useLayout.setState({ isInspectorOpen: true });
      focusField(selected.path, selected.node, pinField);
    },
  },
  {
    id: 'pin.remove',
    title: 'Unpin the selected node',
    group: 'Run',
    keys: 'Alt+Shift+P',
    when: () => isWritable() && isSelectedPinned(),
    run: async () => {
      const selected = findSelected();
      if (selected !== null) await unpin(selected.path, selected.node);
    },
  },
  {
    id: 'pin.removeAll',
    title: 'Unpin all nodes of this workflow',
    group: 'Run',
    when: () => isWritable() && listPinned().length > 0,
    run: async () => {
      const path = findPath();
      if (path !== null) await unpin(path, null);
    },
  },
];

/** The name under which the inspector is asked for the pin of a node. */
const pinField = 'pin';

function findSelected(): { readonly type: 'workflow' | 'run'; readonly path: string; readonly node: string } | null {
  const tab = selectActiveTab(useTabs.getState());
  const path = findPath();
  if (path === null || (tab?.type !== 'workflow' && tab?.type !== 'run')) return null;
  const [node, ...more] = selectNodes(useSelection.getState(), toTabId(tab));
  return node === undefined || more.length > 0 || node.includes('/') ? null : { type: tab.type, path, node };
}

function findPath(): string | null {
  const tab = selectActiveTab(useTabs.getState());
  if (tab?.type === 'workflow') return tab.path;
  return findFollowedRun()?.workflowPath ?? null;
}

/** What a node gave in the run in front, or in the newest run of the workflow that came to it. Refuses with `run.partMissing` when there is none. */
async function findLastOutputs({ type, path, node }: NonNullable<ReturnType<typeof findSelected>>): Promise<JsonObject> {
  const inFront = type === 'run' ? findFollowedRun() : null;
  const run = inFront ?? (await findLastRun(path, node));
  const state = run === null ? undefined : nodeIn(run, node);
  if (state?.status === 'succeeded') return state.outputs;
  throw new HeddleError('run.partMissing', 'The node gave nothing in the last run. Run it first, or pin an output by hand.');
}

function findFollowedRun(): RunState | null {
  const tab = selectActiveTab(useTabs.getState());
  return tab?.type === 'run' ? (useFollowedRuns.getState().byKey[`run:${tab.runId}`]?.head ?? null) : null;
}

function listPinned(): readonly string[] {
  const path = findPath();
  return path === null ? [] : Object.keys(selectPins(usePins.getState(), path));
}

function isSelectedPinned(): boolean {
  const selected = findSelected();
  return selected !== null && listPinned().includes(selected.node);
}

function isWritable(): boolean {
  const { host, connection } = useConnection.getState();
  return connection.status === 'online' && host?.isReadOnly !== true;
}
