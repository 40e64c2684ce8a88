import { useQuery } from '@tanstack/react-query';
import type { ForkReport } from '#shared/context/fork-report.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { useRuns } from '../../state/runs.ts';

/** What a fork reused and did again so far; undefined until it is known, and for a run that is no fork. */
export function useForkReport(runId: string, isFork: boolean): ForkReport | undefined {
  const isOnline = useIsOnline();
  const lastSeq = useRuns((store) => store.byId[runId]?.lastSeq ?? 0);
  const query = useQuery({
    queryKey: ['fork-report', runId, lastSeq],
    queryFn: () => getApi().run.forkReport({ runId }),
    enabled: isFork && isOnline,
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return query.data;
}
