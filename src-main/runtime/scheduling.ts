import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import { toNodeName } from '#shared/run/node-states.ts';
import type { Lanes } from './lanes/lanes.ts';
import { fromTicketId } from './node-queue.ts';
import type { OutsideCalls } from './outside-calls.ts';
import type { Runs } from './runs.ts';

/** What can be seen of lanes, limits and circuit breakers. */
export interface Scheduling {
  figures(): SchedulingFigures;
  /** Called at most once in 100 ms for each of nodes and calls. */
  onChange(listener: () => void): () => void;
}

const mostWaitingTold = 200;

export function createScheduling(lanes: Lanes, calls: OutsideCalls, runs: Pick<Runs, 'state'>): Scheduling {
  return {
    figures() {
      const outside = calls.figures();
      return {
        nodes: lanes.snapshot(),
        calls: outside.calls,
        breakers: [...outside.breakers],
        waiting: lanes.waiters(mostWaitingTold).flatMap(({ ticketId, run, ...waiter }) => {
          const node = fromTicketId(ticketId, run);
          const state = runs.state(run);
          return [{ ...waiter, runId: run, node, nodeName: toNodeName(state, node), workflowName: state.workflow.name }];
        }),
      };
    },
    onChange(listener) {
      const stops = [lanes.onChange(listener), calls.onChange(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
