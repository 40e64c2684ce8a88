import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { notInPart } from '#shared/run/fresh-graph.ts';
import { nodeIn } from '#shared/run/node-states.ts';
import type { RunState, RunSummary } from '#shared/run/state.ts';
import { getApi, useIsOnline } from './connection.ts';
import { useFollowedRuns } from './followed-runs.ts';
import { queryClient } from './queries.ts';
import { selectRuns, useRuns } from './runs.ts';

/** Older runs are not looked through for one that came to a node. */
const mostRunsLookedAt = 8;

/**
 * The newest run of a workflow file in which this node took part, or with null the newest of all; null when there is none, or until it is
 * known. A run that the window follows is as it is now, any other as it was when its status last changed.
 */
export function useLastRun(path: string, node: string | null): RunState | null {
  const isOnline = useIsOnline();
  const byId = useRuns((store) => store.byId);
  const newest = useMemo(() => listNewest(byId, path), [byId, path]);
  const [first] = newest;
  const { data = null } = useQuery({
    queryKey: ['lastRun', path, node, first?.runId, first?.status],
    queryFn: () => findRun(newest, node),
    enabled: isOnline && first !== undefined,
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const followed = useFollowedRuns((store) => (data === null ? null : (store.byKey[`run:${data.runId}`]?.head ?? null)));
  return followed ?? (data?.workflowPath === path ? data : null);
}

/** As `useLastRun`, asked now. */
export async function findLastRun(path: string, node: string): Promise<RunState | null> {
  return findRun(listNewest(useRuns.getState().byId, path), node);
}

function listNewest(byId: Readonly<Record<string, RunSummary>>, path: string): readonly RunSummary[] {
  return selectRuns(byId, { status: 'all', text: '' })
    .filter((run) => run.workflowPath === path)
    .slice(0, mostRunsLookedAt);
}

async function findRun(runs: readonly RunSummary[], node: string | null): Promise<RunState | null> {
  for (const run of runs) {
    const state = await readState(run);
    if (node === null || tookPart(state, node)) return state;
  }
  return null;
}

/** Read once for all nodes: the state of a large run has megabytes. */
function readState({ runId, status }: RunSummary): Promise<RunState> {
  const followed = useFollowedRuns.getState().byKey[`run:${runId}`]?.head ?? null;
  if (followed !== null) return Promise.resolve(followed);
  return queryClient.fetchQuery({
    queryKey: ['runState', runId, status],
    queryFn: async () => (await getApi().run.state({ runId })) as unknown as RunState,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
}

function tookPart(state: RunState, node: string): boolean {
  const found = nodeIn(state, node);
  return found !== undefined && !(found.status === 'skipped' && found.reason === notInPart);
}
