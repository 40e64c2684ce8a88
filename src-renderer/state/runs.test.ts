import { expect, it } from 'vitest';
import type { RunStatus, RunSummary } from '#shared/run/state.ts';
import { noUsage } from '#shared/run/usage.ts';
import { isActive, selectRuns, sumUsageSince, toStartOfDay, withSummaries } from './runs.ts';

const summary = (
  runId: string,
  status: RunStatus,
  startedAtMs: number,
  costUsd: number | null = 0.5,
  name = 'Folder brief',
): RunSummary => ({
  runId,
  status,
  workflowName: name,
  workflowPath: null,
  startedAtMs,
  endedAtMs: null,
  usage: { ...noUsage, inputTokens: 100, outputTokens: 20, costUsd },
  openApprovals: 0,
  lastSeq: 1,
  error: null,
});

const byId = withSummaries({}, [
  summary('r1', 'succeeded', 10),
  summary('r2', 'waiting', 30),
  summary('r3', 'failed', 20, null, 'Invoice triage'),
]);

it('lists the newest run first', () => {
  expect(selectRuns(byId, { status: 'all', text: '' }).map((run) => run.runId)).toEqual(['r2', 'r3', 'r1']);
});

it('narrows by status and by every word', () => {
  expect(selectRuns(byId, { status: 'active', text: '' }).map((run) => run.runId)).toEqual(['r2']);
  expect(selectRuns(byId, { status: 'all', text: 'triage inv' }).map((run) => run.runId)).toEqual(['r3']);
  expect(selectRuns(byId, { status: 'failed', text: 'brief' })).toEqual([]);
});

it('replaces a summary and leaves the others as they were', () => {
  const next = withSummaries(byId, [summary('r2', 'succeeded', 30)]);
  expect([next.r2?.status, next.r1 === byId.r1]).toEqual(['succeeded', true]);
  expect(withSummaries(byId, [])).toBe(byId);
});

it('sums what is known and counts what is not', () => {
  expect(sumUsageSince(byId, 0)).toEqual({ tokens: 360, costUsd: 1, unpricedRuns: 1 });
  expect(sumUsageSince(byId, 25)).toEqual({ tokens: 120, costUsd: 0.5, unpricedRuns: 0 });
  expect(sumUsageSince({ r3: summary('r3', 'failed', 20, null) }, 0)).toEqual({ tokens: 120, costUsd: null, unpricedRuns: 1 });
  expect(sumUsageSince({}, 0)).toEqual({ tokens: 0, costUsd: 0, unpricedRuns: 0 });
});

it('takes a run that is being stopped for active', () => {
  expect((['running', 'waiting', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const).filter(isActive)).toEqual([
    'running',
    'waiting',
    'cancelling',
  ]);
});

it('begins the day at local midnight', () => {
  const noon = new Date(2026, 3, 5, 12, 30).getTime();
  expect(toStartOfDay(noon)).toBe(new Date(2026, 3, 5).getTime());
});
