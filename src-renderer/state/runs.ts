import { create } from 'zustand';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunStatus, RunSummary } from '#shared/run/state.ts';

interface RunsStore {
  readonly byId: Readonly<Record<string, RunSummary>>;
  /** False until the host has sent the current ones. */
  readonly isLoaded: boolean;
}

export const useRuns = create<RunsStore>()(() => ({ byId: {}, isLoaded: false }));

/** The runs with these summaries in the place of older ones. */
export function withSummaries(byId: RunsStore['byId'], summaries: readonly RunSummary[]): RunsStore['byId'] {
  return summaries.length === 0 ? byId : { ...byId, ...Object.fromEntries(summaries.map((summary) => [summary.runId, summary])) };
}

/** What the list of runs is narrowed to. `active` is everything that has not ended. */
export interface RunFilter {
  readonly status: 'all' | 'active' | 'succeeded' | 'failed' | 'cancelled';
  readonly text: string;
}

/** Newest first, narrowed by status and by words in the workflow's name or the run's id. */
export function selectRuns(byId: RunsStore['byId'], filter: RunFilter): readonly RunSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return Object.values(byId)
    .filter((run) => filter.status === 'all' || (filter.status === 'active' ? isActive(run.status) : run.status === filter.status))
    .filter((run) => words.every((word) => `${run.workflowName} ${run.runId}`.toLowerCase().includes(word)))
    .sort((a, b) => b.startedAtMs - a.startedAtMs || (a.runId < b.runId ? 1 : -1));
}

/** True while the run may still go on. */
export function isActive(status: RunStatus): boolean {
  return !isFinal(status);
}

/** A run that has not ended although an error has stopped it: only then there is something to resume. */
export function isStopped(run: RunSummary): boolean {
  return isActive(run.status) && run.error !== null;
}

/** Everything a day's runs used. `costUsd` is null when a run has no known cost and no other has any. */
export interface UsageSum {
  readonly tokens: number;
  readonly costUsd: number | null;
  /** Runs whose cost nobody knows: the sum is then a lower bound. */
  readonly unpricedRuns: number;
}

/** Tokens and cost of the runs that started at or after `sinceMs`. */
export function sumUsageSince(byId: RunsStore['byId'], sinceMs: number): UsageSum {
  let tokens = 0;
  let costUsd: number | null = null;
  let unpricedRuns = 0;
  for (const run of Object.values(byId)) {
    if (run.startedAtMs < sinceMs) continue;
    tokens += run.usage.inputTokens + run.usage.outputTokens;
    if (run.usage.costUsd === null) unpricedRuns += 1;
    else costUsd = (costUsd ?? 0) + run.usage.costUsd;
  }
  return { tokens, costUsd: costUsd ?? (unpricedRuns > 0 ? null : 0), unpricedRuns };
}

/** The last midnight where the user is. */
export function toStartOfDay(nowMs: number): number {
  return new Date(nowMs).setHours(0, 0, 0, 0);
}

/** A run's short name: the last six characters of its id, as on tabs and cards. */
export function toShortId(runId: string): string {
  return runId.slice(-6);
}
