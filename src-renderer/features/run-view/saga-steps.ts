import { listCompensations } from '#shared/run/compensations.ts';
import type { GraphView } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';

/** How far the undoing of a graph has come. Nodes are named by their addresses. */
export interface SagaSteps {
  readonly outcome: 'compensating' | 'completed' | 'failed';
  readonly reason: string;
  readonly total: number;
  readonly settled: number;
  /** The node that undoes right now, or is next. */
  readonly current: string | null;
  readonly failed: readonly string[];
}

/** The undoing of a graph; null while nothing there is undone. */
export function toSagaSteps(state: RunState, scope: string, graph: GraphView): SagaSteps | null {
  const { saga } = graph;
  if (saga === null) return null;
  const compensations = listCompensations(state, scope, graph);
  const isSettled = (status: string) => status === 'succeeded' || status === 'failed' || status === 'skipped' || status === 'cancelled';
  const failed =
    saga.status === 'completed'
      ? saga.failed
      : compensations.filter(({ state: { status } }) => status === 'failed').map(({ address }) => address);
  return {
    outcome: saga.status === 'compensating' ? 'compensating' : failed.length > 0 ? 'failed' : 'completed',
    reason: saga.reason,
    total: compensations.length,
    settled: compensations.filter((compensation) => isSettled(compensation.state.status)).length,
    current:
      saga.status === 'compensating'
        ? (compensations.find((compensation) => !isSettled(compensation.state.status))?.address ?? null)
        : null,
    failed,
  };
}
