import type { RunState } from '#shared/run/state.ts';

/** Of the runs that are followed, the newest of this workflow file; the same object while nothing changes. */
export function selectNewestRun(byKey: Readonly<Record<string, { readonly head: RunState | null }>>, path: string): RunState | null {
  let newest: RunState | null = null;
  for (const { head } of Object.values(byKey)) {
    if (head?.workflowPath === path && (newest === null || head.startedAtMs > newest.startedAtMs)) newest = head;
  }
  return newest;
}
