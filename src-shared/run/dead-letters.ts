import type { ErrorInfo } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { mapKind } from '../nodes/map/map.ts';
import type { WorkflowNode } from '../workflow/document.ts';
import { toAddress, toAttemptFrame, toScopePath } from './frame.ts';
import { defaultLaneName } from './lane-settings.ts';
import { listItemFailures, listLatestScopes } from './map-items.ts';
import { attemptsOf, type GraphView, isAtWork, listNodeStates, viewScope } from './node-states.ts';
import { callsOf } from './reduce-calls.ts';
import { defaultMaxAttempts, toRetryDelayMs } from './retry.ts';
import { toRunGraph } from './run-graph.ts';
import type { AttemptState, NodeState, RunState } from './state.ts';

/** Why a failure is final: no tries were left, no time, trying again would meet it again, nobody knows what happened, or it was decided so. */
export type DeadLetterReason = 'noTriesLeft' | 'outOfTime' | 'lasting' | 'inDoubt' | 'decided';

/** What a failure led to: the run failed, it went on without the node, a map went on without the item, or something stays done. */
export type DeadLetterEffect = 'runFailed' | 'leftOut' | 'kept' | 'notUndone';

/** Something that finally failed, with everything needed to run it again. */
export interface DeadLetter {
  /** The run, and behind a colon the frame of the attempt; the same in every fold of the same journal. */
  readonly id: string;
  readonly runId: string;
  readonly workflowName: string;
  readonly workflowPath: string | null;
  /** What failed: an attempt at a node, the undoing of one, an item of a map that could not begin, or the run itself. */
  readonly type: 'node' | 'compensation' | 'item' | 'run';
  /** The address; '' for the run. */
  readonly node: string;
  readonly nodeName: string;
  /** As the workflow had it; null for the run. */
  readonly document: WorkflowNode | null;
  /** The item, round or subflow that it failed in; null in the run's own workflow. */
  readonly scope: { readonly path: string; readonly index: number; readonly workflowPath: string; readonly inputs: JsonObject } | null;
  readonly frame: string;
  /** How often it was tried. */
  readonly attempts: number;
  readonly lane: string | null;
  readonly inputs: JsonObject;
  readonly error: ErrorInfo;
  readonly reason: DeadLetterReason;
  readonly effect: DeadLetterEffect;
  readonly failedAtMs: number;
}

/**
 * Everything in a run that finally failed, in the order of its failing. Pure. A failure that others only pass on (a map for its item, the run
 * for its node) is one letter, at its root; one that is still to be tried again is none.
 */
export function toDeadLetters(state: RunState): readonly DeadLetter[] {
  const letters = listInGraph(state, { path: '', graph: state, scope: null, effect: 'runFailed' });
  if (state.status === 'failed' && state.error !== null && state.failedNode === null) letters.push(toRunLetter(state, state.error));
  return letters.sort((a, b) => a.failedAtMs - b.failedAtMs);
}

/** What the run itself failed of when no node did: a hook said no. */
function toRunLetter(state: RunState, error: ErrorInfo): DeadLetter {
  return {
    ...toPlaceOfRun(state),
    id: `${state.runId}:`,
    type: 'run',
    node: '',
    nodeName: state.workflow.name,
    document: null,
    scope: null,
    frame: '',
    attempts: 1,
    lane: null,
    inputs: state.inputs,
    error,
    reason: 'decided',
    effect: 'runFailed',
    failedAtMs: state.endedAtMs ?? state.startedAtMs,
  };
}

interface Place {
  readonly path: string;
  readonly graph: GraphView;
  readonly scope: DeadLetter['scope'];
  /** What the failure of a node leads to that stops this graph. */
  readonly effect: DeadLetterEffect;
}

function listInGraph(state: RunState, place: Place): DeadLetter[] {
  return listNodeStates(place.graph).flatMap(([id, node]) => {
    if (node.status === 'pending' || isAtWork(node) || attemptsOf(node).length === 0) return [];
    const inner = listInScopes(state, place, id, node);
    const failure = toFailure(node);
    if (failure === undefined || isPassedOn(node, failure.error)) return inner;
    return [...inner, toNodeLetter(state, place, id, node, failure)];
  });
}

function listInScopes(state: RunState, place: Place, id: string, node: NodeState): DeadLetter[] {
  const effect = toEffect(place, id, node) ?? 'kept';
  const latest = listLatestScopes(attemptsOf(node));
  const inScopes = [...latest.values()].flatMap((scope) => {
    const { path, index, workflowPath, inputs } = scope;
    return listInGraph(state, { path, graph: viewScope(state, scope), scope: { path, index, workflowPath, inputs }, effect });
  });
  return [...inScopes, ...listUnbegunItems(state, place, id, node, latest)];
}

function listUnbegunItems(
  state: RunState,
  place: Place,
  id: string,
  node: NodeState,
  begun: ReadonlyMap<number, unknown>,
): readonly DeadLetter[] {
  const document = toRunGraph(place.graph.workflow).get(id)?.node;
  const last = attemptsOf(node).at(-1);
  if (document?.kind !== mapKind.kind || last === undefined) return [];
  return listItemFailures(node).flatMap(({ index, item, error }) => {
    if (begun.has(index)) return [];
    const frame = toScopePath(last.frame, index);
    const letter = toNodeLetter(state, place, id, node, { attempt: last, error, effect: 'kept' });
    return [{ ...letter, id: `${state.runId}:${frame}`, type: 'item' as const, frame, inputs: { item }, reason: 'lasting' as const }];
  });
}

interface Failure {
  readonly attempt: AttemptState;
  readonly error: ErrorInfo;
  readonly effect?: DeadLetterEffect;
}

/** The last attempt of a node that failed for good, whether its graph stopped for it or went on. */
function toFailure(node: NodeState): Failure | undefined {
  const attempt = attemptsOf(node).at(-1);
  const isFailed = node.status === 'failed' || node.status === 'skipped';
  return isFailed && attempt?.error != null ? { attempt, error: attempt.error } : undefined;
}

/** Whether the failure is that of something inside: then that has the letter. */
function isPassedOn(node: NodeState, { code, message }: ErrorInfo): boolean {
  return [...listLatestScopes(attemptsOf(node)).values()].some(
    ({ status, error }) => status === 'failed' && error?.code === code && error.message === message,
  );
}

function toNodeLetter(state: RunState, place: Place, id: string, node: NodeState, { attempt, error, effect }: Failure): DeadLetter {
  const address = toAddress(place.path, id);
  const graphNode = toRunGraph(place.graph.workflow).get(id);
  const document = graphNode?.node ?? null;
  const failure = findModelFailure(attempt, error);
  return {
    ...toPlaceOfRun(state),
    id: `${state.runId}:${attempt.frame}`,
    type: graphNode?.compensates == null ? 'node' : 'compensation',
    node: address,
    nodeName: document?.name || id,
    document,
    scope: place.scope,
    frame: toAttemptFrame(address, attempt.attempt),
    attempts: Math.max(attemptsOf(node).length, failure?.tries ?? 0),
    lane: document?.lane ?? defaultLaneName,
    inputs: attempt.inputs,
    error,
    // The node is told that its model is not to be asked again; whether that could help, the call's own error says.
    reason: toReason(document, failure?.error ?? error, attempt.attempt),
    effect: effect ?? toEffect(place, id, node) ?? place.effect,
    failedAtMs: attempt.endedAtMs ?? attempt.startedAtMs,
  };
}

/** The request whose failure took the attempt with it: how often it was sent, and its own last error. Models are tried again below one attempt. */
function findModelFailure(attempt: AttemptState, { code }: ErrorInfo): { readonly tries: number; readonly error: ErrorInfo } | undefined {
  const calls = callsOf(attempt).filter((call) => call.type === 'model');
  const last = calls.at(-1);
  if (last?.outcome.type !== 'failed' || last.outcome.error.code !== code) return undefined;
  const tries = calls.filter(({ requestHash, outcome }) => requestHash === last.requestHash && outcome.type === 'failed').length;
  return { tries, error: last.outcome.error };
}

/** What the failure of a node leads to; undefined when it did not fail. */
function toEffect(place: Place, id: string, node: NodeState): DeadLetterEffect | undefined {
  if (toRunGraph(place.graph.workflow).get(id)?.compensates != null) return 'notUndone';
  if (node.status === 'skipped') return 'leftOut';
  return node.status === 'failed' ? place.effect : undefined;
}

function toReason(document: WorkflowNode | null, error: ErrorInfo, attempt: number): DeadLetterReason {
  if (error.code === 'tool.outcomeUnknown') return 'inDoubt';
  const policy = document?.policy;
  // Model calls try again by themselves, so that their node does not.
  if (error.code.startsWith('model.')) return error.isRetryable === true ? 'noTriesLeft' : 'lasting';
  if (toRetryDelayMs(policy, error, attempt, 0) !== undefined) return policy?.totalTimeoutMs === undefined ? 'decided' : 'outOfTime';
  return attempt >= (policy?.maxAttempts ?? defaultMaxAttempts) ? 'noTriesLeft' : 'lasting';
}

function toPlaceOfRun({ runId, workflow, workflowPath }: RunState): Pick<DeadLetter, 'runId' | 'workflowName' | 'workflowPath'> {
  return { runId, workflowName: workflow.name, workflowPath };
}
