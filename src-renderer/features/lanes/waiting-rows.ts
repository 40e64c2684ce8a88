import type { SchedulingFigures } from '#shared/contract/lanes.ts';

/** A node that waits, as a row of the list. */
export interface WaitingRow {
  readonly key: string;
  readonly runId: string;
  readonly node: string;
  readonly nodeName: string;
  readonly workflowName: string;
  readonly lane: string;
  readonly priority: number;
  /** By the window's clock. */
  readonly sinceMs: number;
}

/** Who waits, in one lane or in all (null), longest first. `receivedAtMs` is when the figures came. */
export function toWaitingRows(figures: SchedulingFigures, receivedAtMs: number, lane: string | null): readonly WaitingRow[] {
  return figures.waiting
    .filter((waiter) => lane === null || waiter.lane === lane)
    .map(({ waitingMs, ...waiter }) => ({ ...waiter, key: `${waiter.runId} ${waiter.node}`, sinceMs: receivedAtMs - waitingMs }))
    .sort((a, b) => a.sinceMs - b.sinceMs);
}

/** How many wait in all lanes, also those that the list has no room for. */
export function countWaiting({ nodes }: SchedulingFigures, lane: string | null): number {
  return nodes.lanes.reduce((sum, one) => (lane === null || one.name === lane ? sum + one.depth + one.outside : sum), 0);
}
