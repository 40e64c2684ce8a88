import { create } from 'zustand';
import type { CallState, RunState } from '#shared/run/state.ts';
import { type FollowedRun, toShownSeq, useFollowedRuns } from '../../state/followed-runs.ts';
import { selectActiveTab, useTabs } from '../../state/tabs.ts';

/** What a fork begins with in its dialog. */
export interface ForkTarget {
  readonly runId: string;
  readonly atSeq: number;
  /** The call whose answer or result is to be edited; null to fork without. */
  readonly call: CallState | null;
}

type OpenDialog =
  | { readonly type: 'fork'; readonly target: ForkTarget }
  | { readonly type: 'forkReport'; readonly runId: string }
  | { readonly type: 'replay'; readonly runId: string };

/** Which dialog of this feature is open. */
export const useReplayDialog = create<{ readonly open: OpenDialog | null }>()(() => ({ open: null }));

/** Closes whichever is open. */
export function closeReplayDialog(): void {
  useReplayDialog.setState({ open: null });
}

/** The run whose tab is in front, as far as the window has it. */
export function findFollowedInFront(): (FollowedRun & { readonly head: RunState }) | undefined {
  const tab = selectActiveTab(useTabs.getState());
  const run = tab?.type === 'run' ? useFollowedRuns.getState().byKey[`run:${tab.runId}`] : undefined;
  return run === undefined || run.head === null ? undefined : { ...run, head: run.head };
}

/** Opens the dialog that forks the run in front at the event that is looked at. */
export function openForkHere(call: CallState | null = null): void {
  const run = findFollowedInFront();
  if (run === undefined) return;
  useReplayDialog.setState({ open: { type: 'fork', target: { runId: run.head.runId, atSeq: Math.max(1, toShownSeq(run)), call } } });
}
