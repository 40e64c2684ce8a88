import { useMemo } from 'react';
import type { RunState } from '#shared/run/state.ts';
import { type FollowedRun, selectShownState, toShownSeq, useFollowedRuns } from './followed-runs.ts';

export interface ShownRun {
  readonly run: FollowedRun;
  /** The state at the cursor. */
  readonly state: RunState;
  readonly seq: number;
  /** Looking at the newest event. */
  readonly isAtHead: boolean;
}

/** The followed run and the state it is looked at in; null until its first event is there. */
export function useShownRun(runKey: string): ShownRun | null {
  const run = useFollowedRuns((store) => store.byKey[runKey]);
  return useMemo(() => {
    if (run === undefined) return null;
    const state = selectShownState(run);
    return state === null ? null : { run, state, seq: toShownSeq(run), isAtHead: run.cursor === null };
  }, [run]);
}
