import { type ErrorInfo, HeddleError } from '#shared/base/errors.ts';
import { listNodeStates } from '#shared/run/node-states.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState, RunSummary } from '#shared/run/state.ts';
import { noUsage } from '#shared/run/usage.ts';
import { toMedianFigures } from '#shared/workflow/median-figures.ts';
import type { RecordedFigures } from '#shared/workflow/problem.ts';
import type { EventStore } from '../event-store/event-store.ts';

const projectionName = 'runSummary';
const runsForFigures = 10;

/** The lines of the run list. Those of ended runs are cached beside the journal, so that opening a workspace folds only what was still going. */
export interface Summaries {
  put(summary: RunSummary): void;
  /** Keeps an ended run's line for the next start. */
  save(summary: RunSummary): void;
  get(runId: string): RunSummary | undefined;
  /** Refuses with `run.notFound`. */
  require(runId: string): RunSummary;
  isCurrent(runId: string, lastSeq: number): boolean;
  /** A run whose journal cannot be read stays in the list, with the reason. */
  putDamaged(runId: string, lastSeq: number, error: ErrorInfo): void;
  /** Newest first. */
  list(): readonly RunSummary[];
  recordedFigures(workflowPath: string, load: (runId: string) => RunState): Readonly<Record<string, RecordedFigures>>;
}

export function createSummaries(store: EventStore, onProblem: (message: string) => void): Summaries {
  const byId = new Map<string, RunSummary>();
  for (const projection of store.loadProjections(projectionName)) {
    const summary = readCached(projection.value);
    if (summary?.lastSeq === projection.seq) byId.set(projection.key, summary);
  }

  return {
    put: (summary) => byId.set(summary.runId, summary),
    save(summary) {
      try {
        store.saveProjection({ name: projectionName, key: summary.runId, seq: summary.lastSeq, value: JSON.stringify(summary) });
      } catch (thrown) {
        // Only a cache: without it the next start folds the run again.
        onProblem(`The summary of run ${summary.runId} could not be cached: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    },
    get: (runId) => byId.get(runId),
    require(runId) {
      const summary = byId.get(runId);
      if (summary === undefined)
        throw new HeddleError('run.notFound', `There is no run ${runId} in this workspace. List the runs to see which there are.`);
      return summary;
    },
    isCurrent(runId, lastSeq) {
      const summary = byId.get(runId);
      return summary !== undefined && summary.lastSeq === lastSeq && isFinal(summary.status);
    },
    putDamaged(runId, lastSeq, error) {
      const known = byId.get(runId);
      byId.set(runId, {
        runId,
        status: 'failed',
        workflowName: known?.workflowName ?? 'Damaged run',
        workflowPath: known?.workflowPath ?? null,
        startedAtMs: known?.startedAtMs ?? 0,
        endedAtMs: known?.endedAtMs ?? null,
        usage: known?.usage ?? noUsage,
        openApprovals: 0,
        lastSeq,
        error,
      });
    },
    list: () => [...byId.values()].sort((a, b) => b.startedAtMs - a.startedAtMs || (a.runId < b.runId ? 1 : -1)),
    recordedFigures(workflowPath, load) {
      const ended = [...byId.values()].filter((summary) => summary.workflowPath === workflowPath && summary.status === 'succeeded');
      const newest = ended.sort((a, b) => b.startedAtMs - a.startedAtMs).slice(0, runsForFigures);
      const byNode = new Map<string, RecordedFigures[]>();
      for (const { runId } of newest) {
        for (const [id, node] of nodesOf(runId, load)) {
          if (node.status !== 'succeeded' || node.given !== undefined) continue;
          const figures = { ms: node.endedAtMs - node.startedAtMs, costUsd: node.usage.costUsd };
          byNode.set(id, [...(byNode.get(id) ?? []), figures]);
        }
      }
      return Object.fromEntries([...byNode].map(([id, figures]) => [id, toMedianFigures(figures)]));
    },
  };
}

/** A run whose journal was damaged since tells nothing. */
function nodesOf(runId: string, load: (runId: string) => RunState): ReturnType<typeof listNodeStates> {
  try {
    return listNodeStates(load(runId));
  } catch {
    return [];
  }
}

/** A cache that cannot be read is as good as none. */
function readCached(text: string): RunSummary | undefined {
  try {
    return JSON.parse(text) as RunSummary;
  } catch {
    return undefined;
  }
}
