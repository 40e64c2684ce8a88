import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { toErrorInfo } from '#shared/base/errors.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import { createTraceBuilder } from '#shared/trace/trace-builder.ts';
import type { SeenSpans } from '#shared/trace/weight-layout.ts';
import { getApi } from '../../state/connection.ts';
import { selectRuns, useRuns } from '../../state/runs.ts';

/** Runs of one workflow in one flame, besides the one in front. */
export const mostEarlierRuns = 10;
/** Events that one question asks for, and of one run at most: what is longer is looked at alone. */
const pageSize = 5000;
const mostEvents = 50_000;

const none: readonly SeenSpans[] = [];

/** The last runs of the same workflow that have ended, as spans; nothing while no run is given. */
export function useEarlierRuns(state: RunState | null): { readonly seen: readonly SeenSpans[]; readonly words: string | null } {
  const byId = useRuns((store) => store.byId);
  const runIds = useMemo(() => (state === null ? [] : listEarlierRuns(byId, state)), [byId, state]);
  const { data, error, isFetching } = useQuery({
    queryKey: ['flame', ...runIds],
    queryFn: ({ signal }) => Promise.all(runIds.map((runId) => readSpans(runId, signal))),
    enabled: runIds.length > 0,
    // What has ended does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (state === null) return { seen: none, words: null };
  if (runIds.length === 0) return { seen: none, words: 'This is the only run of its workflow.' };
  if (error !== null) return { seen: none, words: `The other runs could not be read: ${toErrorInfo(error).message}` };
  return { seen: data ?? none, words: isFetching ? 'Reading the other runs…' : null };
}

function listEarlierRuns(byId: Parameters<typeof selectRuns>[0], { workflowPath, runId }: RunState): readonly string[] {
  return selectRuns(byId, { status: 'all', text: '' })
    .filter((run) => run.workflowPath === workflowPath && run.runId !== runId && isFinal(run.status) && run.lastSeq <= mostEvents)
    .slice(0, mostEarlierRuns)
    .map((run) => run.runId);
}

async function readSpans(runId: string, signal: AbortSignal): Promise<SeenSpans> {
  const builder = createTraceBuilder();
  let moment = { seq: 0, atMs: 0 };
  for (;;) {
    const events = (await getApi().run.events({ runId, afterSeq: moment.seq, limit: pageSize }, { signal })) as unknown as RunEvent[];
    builder.append(events);
    const last = events.at(-1);
    if (last !== undefined) moment = { seq: last.seq, atMs: last.atMs };
    if (events.length < pageSize) return { spans: builder.spans, moment };
  }
}
