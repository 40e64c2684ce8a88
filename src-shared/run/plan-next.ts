import type { ErrorInfo } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { outputKind } from '../nodes/output/output.ts';
import { type EdgeState, toEdgeState, toInputs } from './deliveries.ts';
import type { RunEventData } from './events.ts';
import { findNodeState, listNodeStates } from './node-states.ts';
import { type GraphNode, toRunGraph } from './run-graph.ts';
import type { RunState } from './state.ts';

/** One thing that should happen now. The runtime does it and records what came of it. */
export type PlannedStep =
  | { readonly type: 'startNode'; readonly node: string; readonly attempt: number; readonly inputs: JsonObject }
  | { readonly type: 'skipNode'; readonly node: string; readonly reason: RunEventData['node.skipped']['reason'] }
  | { readonly type: 'retryNodeAt'; readonly node: string; readonly attempt: number; readonly dueAtMs: number }
  /** Stop what is at work: the run is being cancelled or has failed. */
  | { readonly type: 'stopNode'; readonly node: string }
  | { readonly type: 'succeedRun'; readonly outputs: JsonObject }
  | { readonly type: 'failRun'; readonly error: ErrorInfo; readonly node: string }
  | { readonly type: 'cancelRun'; readonly reason: string };

/**
 * What should happen now, given everything recorded so far. Pure; doing nothing twice is the runtime's affair only for
 * `retryNodeAt` and `stopNode`, which stay planned until their outcome is recorded.
 * With `changed`, only the nodes named and their successors are looked at: the cost of an event then does not grow with the workflow.
 */
export function planNext(state: RunState, changed?: Iterable<string>): readonly PlannedStep[] {
  if (state.status === 'succeeded' || state.status === 'failed' || state.status === 'cancelled') return [];
  const graph = toRunGraph(state.workflow);
  if (state.status === 'cancelling' || state.failure !== null) return planStop(state);
  if (state.unsettledNodes === 0) return [{ type: 'succeedRun', outputs: toRunOutputs(state) }];

  const candidates = changed === undefined ? graph.keys() : withSuccessors(graph, changed);
  const planned: { readonly step: PlannedStep; readonly node: GraphNode }[] = [];
  for (const id of candidates) {
    const node = graph.get(id);
    const step = node === undefined ? undefined : planNode(state, node);
    if (node !== undefined && step !== undefined) planned.push({ step, node });
  }
  return planned
    .sort((a, b) => (b.node.node.priority ?? 0) - (a.node.node.priority ?? 0) || a.node.order - b.node.order)
    .map(({ step }) => step);
}

function planNode(state: RunState, graphNode: GraphNode): PlannedStep | undefined {
  const { node } = graphNode;
  const current = findNodeState(state, node.id);
  if (current?.status === 'retrying') {
    return { type: 'retryNodeAt', node: node.id, attempt: current.attempts.length + 1, dueAtMs: current.dueAtMs };
  }
  if (current?.status !== 'pending') return undefined;
  if (node.disabled === true) return { type: 'skipNode', node: node.id, reason: 'disabled' };
  switch (toReadiness(state, graphNode)) {
    case 'waiting':
      return undefined;
    case 'skipped':
      return { type: 'skipNode', node: node.id, reason: isBehindBranch(state, graphNode) ? 'branchNotTaken' : 'upstreamSkipped' };
    case 'ready':
      return { type: 'startNode', node: node.id, attempt: 1, inputs: toInputs(state, graphNode) };
  }
}

function toReadiness(state: RunState, node: GraphNode): 'waiting' | 'skipped' | 'ready' {
  let isWaiting = false;
  let isSkipped = false;
  for (const { edges } of node.incoming) {
    const states = edges.map((edge) => toEdgeState(state, edge).type satisfies EdgeState['type']);
    const hasDelivery = states.includes('delivered');
    if (hasDelivery && node.startsOnFirst) continue;
    if (states.includes('open')) isWaiting = true;
    else if (!hasDelivery) isSkipped = true;
  }
  // A port that can get nothing decides at once; whatever else arrives, the node cannot run.
  return isSkipped ? 'skipped' : isWaiting ? 'waiting' : 'ready';
}

function isBehindBranch(state: RunState, node: GraphNode): boolean {
  return node.incoming.some(({ edges }) =>
    edges.some((edge) => findNodeState(state, edge.from.node)?.status === 'succeeded' && toEdgeState(state, edge).type === 'skipped'),
  );
}

function planStop(state: RunState): readonly PlannedStep[] {
  const atWork = listNodeStates(state).flatMap(([id, node]) => (node.status === 'running' || node.status === 'retrying' ? [id] : []));
  if (atWork.length > 0) return atWork.map((node) => ({ type: 'stopNode', node }));
  if (state.status === 'cancelling') return [{ type: 'cancelRun', reason: state.cancelReason ?? 'cancelled' }];
  return state.failure === null ? [] : [{ type: 'failRun', ...state.failure }];
}

function* withSuccessors(graph: ReturnType<typeof toRunGraph>, changed: Iterable<string>): Iterable<string> {
  const seen = new Set<string>();
  for (const id of changed) {
    for (const candidate of [id, ...(graph.get(id)?.successors ?? [])]) {
      if (!seen.has(candidate)) {
        seen.add(candidate);
        yield candidate;
      }
    }
  }
}

/** The run's outputs by the names its output nodes give; an output that was skipped is null. */
function toRunOutputs(state: RunState): JsonObject {
  return Object.fromEntries(
    state.workflow.nodes.flatMap((node) => {
      if (node.kind !== outputKind.kind) return [];
      const config = outputKind.configSchema.safeParse(node.config);
      const nodeState = findNodeState(state, node.id);
      const value = nodeState?.status === 'succeeded' ? nodeState.outputs.value : undefined;
      return config.success ? [[config.data.name, value ?? null]] : [];
    }),
  );
}

/** True when the run has come to its end. */
export function isFinal(status: RunState['status']): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
