import type { JsonValue } from '../base/json.ts';
import { listNodeStates, toNodeName } from './node-states.ts';
import { toPartWords } from './part.ts';
import type { RunState, RunSummary } from './state.ts';

/** The line of this run in a list. */
export function toRunSummary(state: RunState): RunSummary {
  return {
    runId: state.runId,
    status: state.status,
    workflowName: state.workflow.name,
    workflowPath: state.workflowPath,
    ...(state.part === null ? {} : { part: toPartWords(state.part, toNodeName(state, state.part.node)) }),
    startedAtMs: state.startedAtMs,
    endedAtMs: state.endedAtMs,
    usage: state.usage,
    openApprovals: state.openApprovals,
    lastSeq: state.lastSeq,
    error: state.error,
  };
}

/**
 * What a run came to, without when and how often: two runs that did the same work have equal outcomes,
 * however often the host died in between. Hash its canonical JSON to compare.
 */
export function toOutcome(state: RunState): JsonValue {
  return {
    status: state.status,
    outputs: state.outputs,
    error: state.error === null ? null : { code: state.error.code, node: state.failedNode },
    nodes: Object.fromEntries(
      listNodeStates(state).map(([id, node]) => [
        id,
        {
          status: node.status,
          outputs: node.status === 'succeeded' ? node.outputs : null,
          takenCase: ('takenCase' in node ? node.takenCase : null) ?? null,
        },
      ]),
    ),
  };
}
