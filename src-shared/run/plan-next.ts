import type { ErrorInfo } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { outputKind } from '../nodes/output/output.ts';
import { viewNode } from '../workflow/node-view.ts';
import { type Compensation, listCompensations } from './compensations.ts';
import { toEdgeState, toInputs } from './deliveries.ts';
import type { RunEventData } from './events.ts';
import { scopeOf, toAddress } from './frame.ts';
import { notInPart } from './fresh-graph.ts';
import {
  findScope,
  type GraphView,
  isAtWork,
  listNodeStates,
  nodeIn,
  openerAddress,
  openScopesOf,
  toNodePlaces,
  viewScope,
} from './node-states.ts';
import { type GraphNode, type RunGraph, toRunGraph } from './run-graph.ts';
import type { NodeState, RunState, ScopeState } from './state.ts';

/** One thing that should happen now. The runtime does it and records what came of it. Nodes are named by their addresses. */
export type PlannedStep =
  | { readonly type: 'startNode'; readonly node: string; readonly attempt: number; readonly inputs: JsonObject }
  | { readonly type: 'skipNode'; readonly node: string; readonly reason: RunEventData['node.skipped']['reason'] }
  | { readonly type: 'retryNodeAt'; readonly node: string; readonly attempt: number; readonly dueAtMs: number }
  /** Stop what is at work: its graph is being cancelled or has failed. */
  | { readonly type: 'stopNode'; readonly node: string }
  | { readonly type: 'cancelScope'; readonly scope: string; readonly reason: string }
  | { readonly type: 'succeedScope'; readonly scope: string; readonly outputs: JsonObject }
  | { readonly type: 'failScope'; readonly scope: string; readonly error: ErrorInfo; readonly node: string }
  | { readonly type: 'endCancelledScope'; readonly scope: string }
  | { readonly type: 'startSaga'; readonly scope: string; readonly reason: string }
  | { readonly type: 'completeSaga'; readonly scope: string; readonly failed: readonly string[] }
  /** The run has cost what it may. */
  | { readonly type: 'interruptRun'; readonly reason: string }
  | { readonly type: 'succeedRun'; readonly outputs: JsonObject }
  | { readonly type: 'failRun'; readonly error: ErrorInfo; readonly node: string }
  | { readonly type: 'cancelRun'; readonly reason: string };

/**
 * What should happen now, given everything recorded so far. Pure; doing nothing twice is the runtime's affair only for
 * `retryNodeAt`, `stopNode` and the `startNode` of a queued node, which stay planned until their outcome is recorded.
 * With `changed`, only the places named are looked at: the address of a node stands for it and its successors, the path of a scope with
 * a slash behind it for the whole scope. The cost of an event then does not grow with the run.
 */
export function planNext(state: RunState, changed?: Iterable<string>): readonly PlannedStep[] {
  if (isFinal(state.status) || state.interrupt?.isReached === true) return [];
  if (isOverBudget(state)) return [{ type: 'interruptRun', reason: `The run has cost its budget of $${state.budgetUsd}.` }];
  const steps: PlannedStep[] = [];
  for (const [path, ids] of changed === undefined ? listOpenGraphs(state) : toPlaces(changed)) {
    const place = findOpenPlace(state, path, ids);
    if (place !== undefined) steps.push(...planGraph(state, place));
  }
  return steps;
}

/** Where to look: a graph, and which of its nodes changed; undefined for all. */
interface Place {
  readonly path: string;
  readonly graph: GraphView;
  readonly scope: ScopeState | undefined;
  readonly ids: readonly string[] | undefined;
}

function planGraph(state: RunState, place: Place): readonly PlannedStep[] {
  const { path, graph, scope, ids } = place;
  const cancelReason = scope === undefined ? state.cancelReason : scope.cancelReason;
  if (cancelReason !== null || graph.failure !== null) return planStop(state, place, cancelReason);
  if (graph.unsettledNodes === 0) {
    const outputs = toOutputs(graph);
    return scope === undefined ? [{ type: 'succeedRun', outputs }] : [{ type: 'succeedScope', scope: path, outputs }];
  }
  const isHeld = state.interrupt !== null;
  const runGraph = toRunGraph(graph.workflow);
  const planned: { readonly step: PlannedStep; readonly node: GraphNode }[] = [];
  for (const id of ids === undefined ? runGraph.keys() : withSuccessors(runGraph, ids)) {
    const node = runGraph.get(id);
    const step = node === undefined ? undefined : planNode(graph, path, node);
    if (node !== undefined && step !== undefined && !(isHeld && step.type !== 'skipNode')) planned.push({ step, node });
  }
  return planned
    .sort(({ node: a }, { node: b }) => (b.node.priority ?? 0) - (a.node.priority ?? 0) || b.rank - a.rank || a.order - b.order)
    .map(({ step }) => step);
}

function planNode(graph: GraphView, path: string, graphNode: GraphNode): PlannedStep | undefined {
  const { id, disabled } = graphNode.node;
  if (graphNode.compensates !== null) return undefined;
  const current = nodeIn(graph, id);
  const node = toAddress(path, id);
  if (current?.status === 'retrying') return { type: 'retryNodeAt', node, attempt: current.attempts.length + 1, dueAtMs: current.dueAtMs };
  if (current?.status === 'queued') return { type: 'startNode', node, attempt: current.attempts.length + 1, inputs: current.inputs };
  if (current?.status !== 'pending') return undefined;
  if (disabled === true) return { type: 'skipNode', node, reason: 'disabled' };
  switch (toReadiness(graph, graphNode)) {
    case 'waiting':
      return undefined;
    case 'skipped':
      return { type: 'skipNode', node, reason: isBehindBranch(graph, graphNode) ? 'branchNotTaken' : 'upstreamSkipped' };
    case 'ready':
      return { type: 'startNode', node, attempt: 1, inputs: toInputs(graph, graphNode) };
  }
}

function toReadiness(graph: GraphView, node: GraphNode): 'waiting' | 'skipped' | 'ready' {
  let isWaiting = false;
  let isSkipped = false;
  for (const { edges } of node.incoming) {
    let hasDelivery = false;
    let isOpen = false;
    for (const edge of edges) {
      const { type } = toEdgeState(graph, edge);
      if (type === 'delivered') hasDelivery = true;
      else if (type === 'open') isOpen = true;
    }
    if (hasDelivery && node.startsOnFirst) continue;
    if (isOpen) isWaiting = true;
    else if (!hasDelivery) isSkipped = true;
  }
  // A port that can get nothing decides at once; whatever else arrives, the node cannot run.
  return isSkipped ? 'skipped' : isWaiting ? 'waiting' : 'ready';
}

function isBehindBranch(graph: GraphView, node: GraphNode): boolean {
  return node.incoming.some(({ edges }) =>
    edges.some((edge) => nodeIn(graph, edge.from.node)?.status === 'succeeded' && toEdgeState(graph, edge).type === 'skipped'),
  );
}

/** Stops what is at work in the graph, then undoes what it had done where that was asked for or it failed, then ends it. */
function planStop(state: RunState, place: Place, cancelReason: string | null): readonly PlannedStep[] {
  const { path, graph } = place;
  if (graph.saga?.status !== 'compensating') {
    // The first look after the failure is at all that is at work; later ones only at what changed.
    const isFirst = place.ids?.some((id) => id === graph.failure?.node) ?? true;
    const stops = planStops(graph, path, isFirst ? undefined : place.ids);
    if (stops.length > 0 || graph.atWork > 0) return stops;
  }
  if (graph.failure !== null || (path === '' && state.isCompensationRequested)) {
    const saga = planSaga(state, place, cancelReason);
    if (saga.length > 0 || graph.saga?.status === 'compensating') return saga;
  }
  return [toEnd(place, cancelReason)];
}

function planStops(graph: GraphView, path: string, ids: readonly string[] | undefined): readonly PlannedStep[] {
  if (graph.atWork === 0) return [];
  const looked = ids ?? toNodePlaces(graph.workflow).keys();
  return [...looked].flatMap((id): readonly PlannedStep[] => {
    const node = nodeIn(graph, id);
    if (node === undefined || !isAtWork(node)) return [];
    const open = openScopesOf(node);
    if (open.length === 0) return [{ type: 'stopNode', node: toAddress(path, id) }];
    return open.flatMap((scope) =>
      scope.cancelReason === null ? [{ type: 'cancelScope', scope: scope.path, reason: 'what it belongs to was stopped' } as const] : [],
    );
  });
}

/** One after the other, from the last completed to the first; empty while one is at work, and when there is nothing to undo. */
function planSaga(state: RunState, { path, graph }: Place, cancelReason: string | null): readonly PlannedStep[] {
  if (graph.saga?.status === 'completed') return [];
  const compensations = listCompensations(state, path, graph);
  if (graph.saga === null) {
    const reason = graph.failure?.error.message ?? (cancelReason as string);
    return compensations.length === 0 ? [] : [{ type: 'startSaga', scope: path, reason }];
  }
  const current = compensations.find(({ state: { status } }) => status !== 'succeeded' && status !== 'failed' && status !== 'skipped');
  if (current === undefined) {
    const failed = compensations.filter(({ state: { status } }) => status !== 'succeeded');
    return [{ type: 'completeSaga', scope: path, failed: failed.map(({ address }) => address) }];
  }
  return state.interrupt === null ? planCompensation(current) : [];
}

function planCompensation({ address, state, inputs }: Compensation): readonly PlannedStep[] {
  switch (state.status) {
    case 'pending':
      return [{ type: 'startNode', node: address, attempt: 1, inputs }];
    case 'queued':
      return [{ type: 'startNode', node: address, attempt: state.attempts.length + 1, inputs: state.inputs }];
    case 'retrying':
      return [{ type: 'retryNodeAt', node: address, attempt: state.attempts.length + 1, dueAtMs: state.dueAtMs }];
    default:
      return [];
  }
}

function toEnd({ path, graph, scope }: Place, cancelReason: string | null): PlannedStep {
  if (cancelReason !== null)
    return scope === undefined ? { type: 'cancelRun', reason: cancelReason } : { type: 'endCancelledScope', scope: path };
  // A graph that is stopped and was not cancelled has failed.
  const failure = graph.failure as NonNullable<GraphView['failure']>;
  const node = toAddress(path, failure.node);
  return scope === undefined
    ? { type: 'failRun', error: failure.error, node }
    : { type: 'failScope', scope: path, error: failure.error, node };
}

/** The graph a change belongs to. A change in a scope that has ended is one of its undoing, and belongs to the graph that undoes. */
function findOpenPlace(state: RunState, path: string, ids: readonly string[] | undefined): Place | undefined {
  for (let at = path, changed = ids; ; at = scopeOf(openerAddress(at)), changed = []) {
    if (at === '') return { path: '', graph: state, scope: undefined, ids: changed };
    const scope = findScope(state, at);
    if (scope === undefined) return undefined;
    if (scope.endedAtMs === null) return { path: at, graph: viewScope(state, scope), scope, ids: changed };
  }
}

/** What is in a graph that is being stopped is planned only once it has been asked to stop itself: until then it would go on. */
function listOpenGraphs(state: RunState): readonly (readonly [path: string, ids: undefined])[] {
  const paths: string[] = [];
  const open: OpenGraph[] = [{ path: '', graph: state, isAsked: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    paths.push(next.path);
    // What undoes is not stopped with the rest, and may be in a scope that has ended.
    const undoing = next.graph.saga?.status === 'compensating' ? listCompensations(state, next.path, next.graph) : [];
    for (const item of undoing) open.push(...listOpenScopes(state, item.state));
    if (next.graph.atWork === 0) continue;
    const isStopping = next.graph.failure !== null || (next.path === '' ? state.cancelReason !== null : next.isAsked);
    for (const [, node] of listNodeStates(next.graph)) {
      open.push(...listOpenScopes(state, node).filter(({ isAsked }) => !isStopping || isAsked));
    }
  }
  return paths.map((path) => [path, undefined] as const);
}

interface OpenGraph {
  readonly path: string;
  readonly graph: GraphView;
  /** Whether it was asked to stop. */
  readonly isAsked: boolean;
}

function listOpenScopes(state: RunState, node: NodeState): readonly OpenGraph[] {
  return openScopesOf(node).map((scope) => ({ path: scope.path, graph: viewScope(state, scope), isAsked: scope.cancelReason !== null }));
}

/** What changed, by the scope that it is in. */
function toPlaces(changed: Iterable<string>): ReadonlyMap<string, readonly string[] | undefined> {
  const places = new Map<string, string[] | undefined>();
  for (const address of changed) {
    const path = scopeOf(address);
    if (address.endsWith('/')) {
      places.set(path, undefined);
      continue;
    }
    const id = path === '' ? address : address.slice(path.length + 1);
    const known = places.get(path);
    if (known !== undefined) known.push(id);
    else if (!places.has(path)) places.set(path, [id]);
  }
  return places;
}

/** Each once, though several that changed may lead to it. */
function withSuccessors(graph: RunGraph, changed: readonly string[]): ReadonlySet<string> {
  return new Set(changed.flatMap((id) => [id, ...(graph.get(id)?.successors ?? [])]));
}

/** A graph's outputs by the names its output nodes give; an output that was skipped is null, and one that is not in the part that runs is left out. */
function toOutputs(graph: GraphView): JsonObject {
  return Object.fromEntries(
    graph.workflow.nodes.flatMap((node) => {
      if (node.kind !== outputKind.kind) return [];
      const view = viewNode(node);
      const nodeState = nodeIn(graph, node.id);
      if (nodeState?.status === 'skipped' && nodeState.reason === notInPart) return [];
      const value = nodeState?.status === 'succeeded' ? nodeState.outputs.value : undefined;
      return view.type === 'valid' ? [[String(view.config.name), value ?? null]] : [];
    }),
  );
}

/** A run that stops anyhow, or has nothing left to do, is not interrupted for its cost. */
export function isOverBudget({ budgetUsd, usage, interrupt, cancelReason, failure, unsettledNodes }: RunState): boolean {
  if (budgetUsd === null || usage.modelCalls === 0 || (usage.costUsd ?? 0) < budgetUsd) return false;
  return interrupt === null && cancelReason === null && failure === null && unsettledNodes > 0;
}

/** True when the run has come to its end. */
export function isFinal(status: RunState['status']): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
