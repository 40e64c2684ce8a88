import { create } from 'zustand';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import { useFollowedRuns } from '../../state/followed-runs.ts';
import { isStopped, useRuns } from '../../state/runs.ts';
import { selectActiveTab, useTabs } from '../../state/tabs.ts';

/** Which dialog about a run is open. */
export const useControlDialog = create<{ readonly open: { readonly type: 'steer' | 'undo'; readonly runId: string } | null }>()(() => ({
  open: null,
}));

/** The newest state of a run that the window follows; undefined while it does not. */
export function useNewestState(runId: string): RunState | undefined {
  return useFollowedRuns((store) => store.byKey[`run:${runId}`]?.head ?? undefined);
}

/** The newest state of the run whose tab is in front; undefined when a fault has stopped it: then it can only be resumed. */
export function findRunInFront(): RunState | undefined {
  const tab = selectActiveTab(useTabs.getState());
  if (tab?.type !== 'run') return undefined;
  const summary = useRuns.getState().byId[tab.runId];
  if (summary !== undefined && isStopped(summary)) return undefined;
  return useFollowedRuns.getState().byKey[`run:${tab.runId}`]?.head ?? undefined;
}

/** Whether a fault has stopped the run: nothing can be asked of it before it is resumed. */
export function useIsStopped(runId: string): boolean {
  return useRuns((store) => {
    const summary = store.byId[runId];
    return summary !== undefined && isStopped(summary);
  });
}

/** True while a run can still be held: it has not ended, and is not on its way there. */
export function canInterrupt({ status, interrupt }: RunState): boolean {
  return !isFinal(status) && status !== 'cancelling' && status !== 'compensating' && interrupt === null;
}

/** True while a run keeps, or is about to, until it is told to go on. */
export function isHeld({ interrupt, status }: RunState): boolean {
  return interrupt !== null && !isFinal(status);
}

/** Whether the run has cost what it may: it goes on only with a larger budget. */
export function isBudgetSpent({ budgetUsd, usage }: RunState): boolean {
  return budgetUsd !== null && usage.modelCalls > 0 && (usage.costUsd ?? 0) >= budgetUsd;
}
