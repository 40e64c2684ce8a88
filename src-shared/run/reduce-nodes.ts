import { replaced } from '../base/replaced.ts';
import { changeGraph, changeNode, changeScope } from './change-graph.ts';
import type { RunEventData } from './events.ts';
import { openerOf, parseAddress, scopeOf, toAttemptFrame } from './frame.ts';
import { toFreshGraph } from './fresh-graph.ts';
import { attemptsOf, findGraph, workflowOf } from './node-states.ts';
import { withoutOpenQuestionsOf } from './reduce-questions.ts';
import { toUndoneNodes } from './run-graph.ts';
import type { AttemptState, NodeState, RunState, ScopeState } from './state.ts';
import { noUsage } from './usage.ts';

type Data<Type extends keyof RunEventData> = RunEventData[Type];

export function withNodeQueued(state: RunState, { node, lane, inputs }: Data<'node.queued'>, atMs: number): RunState {
  return changeNode(state, node, (before) => ({
    status: 'queued',
    queuedAtMs: atMs,
    lane,
    inputs,
    attempts: attemptsOf(before),
    usage: usageOf(before),
  }));
}

export function withNodeMoved(state: RunState, { node, lane }: Data<'node.moved'>): RunState {
  return changeNode(state, node, (before) => (before.status === 'queued' ? { ...before, lane } : before));
}

export function withNodeStarted(state: RunState, { node, attempt, inputs }: Data<'node.started'>, seq: number, atMs: number): RunState {
  return changeNode(state, node, (before) => {
    const attempts = attemptsOf(before);
    return {
      status: 'running',
      startedAtMs: attempts[0]?.startedAtMs ?? atMs,
      attempts: [...attempts, toFreshAttempt(toAttemptFrame(node, attempt), attempt, inputs, seq, atMs)],
      usage: usageOf(before),
    };
  });
}

export function withNodeSucceeded(
  state: RunState,
  { node, attempt: number, outputs }: Data<'node.succeeded'>,
  seq: number,
  atMs: number,
): RunState {
  return changeNode(state, node, (before) => {
    const active = requireActive(before, node);
    return {
      ...active,
      status: 'succeeded',
      startedAtMs: startedAt(active, atMs),
      endedAtMs: atMs,
      outputs,
      settledSeq: seq,
      attempts: withAttempt(active.attempts, number, (attempt) => ({ ...attempt, endedAtMs: atMs })),
    };
  });
}

export function withNodeFailed(state: RunState, data: Data<'node.failed'>, seq: number, atMs: number): RunState {
  const { node, error, consequence, attempt: number } = data;
  const changed = changeNode(withoutOpenQuestionsOf(state, node, atMs), node, (before) => {
    const active = requireActive(before, node);
    const startedAtMs = startedAt(active, atMs);
    const progress = {
      usage: active.usage,
      attempts: withAttempt(active.attempts, number, (attempt) => ({ ...attempt, endedAtMs: atMs, error })),
    };
    switch (consequence.type) {
      case 'retry':
        return { ...progress, status: 'retrying', startedAtMs, dueAtMs: consequence.dueAtMs, error };
      case 'skip':
        return { ...progress, status: 'skipped', reason: 'failed', settledSeq: seq };
      case 'stop':
        return { ...progress, status: 'failed', startedAtMs, endedAtMs: atMs, error, settledSeq: seq };
    }
  });
  return consequence.type === 'stop' ? withFailure(changed, node, error) : changed;
}

export function withNodeSkipped(state: RunState, { node, reason }: Data<'node.skipped'>, seq: number): RunState {
  return changeNode(state, node, (before) => ({
    status: 'skipped',
    reason,
    attempts: attemptsOf(before),
    usage: usageOf(before),
    settledSeq: seq,
  }));
}

export function withNodeCancelled(state: RunState, { node, attempt: number }: Data<'node.cancelled'>, seq: number, atMs: number): RunState {
  return changeNode(withoutOpenQuestionsOf(state, node, atMs), node, (before) => {
    const active = requireActive(before, node);
    return {
      status: 'cancelled',
      startedAtMs: startedAt(active, atMs),
      endedAtMs: atMs,
      usage: active.usage,
      settledSeq: seq,
      attempts: withAttempt(active.attempts, number, (attempt) => ({ ...attempt, endedAtMs: attempt.endedAtMs ?? atMs })),
    };
  });
}

export function withScopeStarted(state: RunState, { scope: path, workflowPath, inputs }: Data<'scope.started'>, atMs: number): RunState {
  const { node, attempt: number } = openerOf(path);
  const index = Number(path.slice(path.lastIndexOf('/i') + 2));
  const scope: ScopeState = {
    ...toFreshGraph(workflowOf(state, { workflowPath })),
    path,
    index,
    workflowPath,
    inputs,
    status: 'running',
    startedAtMs: atMs,
    endedAtMs: null,
    endedSeq: null,
    outputs: null,
    error: null,
    failedNode: null,
    cancelReason: null,
  };
  return changeNode(state, node, (before) => {
    const attempts = attemptsOf(before);
    const attempt = attempts[number - 1];
    if (before.status !== 'running' || attempt === undefined) throw new Error(`${node} has no attempt ${number} at work`);
    const opened: AttemptState = { ...attempt, scopes: [...attempt.scopes, scope], openScopes: attempt.openScopes + 1 };
    return { ...before, attempts: replaced(attempts, number - 1, opened) };
  });
}

export function withScopeEnded(
  state: RunState,
  path: string,
  end: Pick<ScopeState, 'status'> & Partial<Pick<ScopeState, 'outputs' | 'error' | 'failedNode'>>,
  seq: number,
  atMs: number,
): RunState {
  return changeScope(state, path, (scope) => {
    if (scope.endedAtMs !== null) throw new Error(`Scope ${path} has ended before`);
    return { ...scope, ...end, endedAtMs: atMs, endedSeq: seq };
  });
}

export function withSagaStarted(state: RunState, { scope, reason }: Data<'saga.started'>, atMs: number): RunState {
  return changeGraph(state, scope, (graph) => ({ ...graph, saga: { status: 'compensating', reason, startedAtMs: atMs } }));
}

export function withSagaCompleted(state: RunState, { scope, failed }: Data<'saga.completed'>, atMs: number): RunState {
  return changeGraph(state, scope, (graph) => {
    if (graph.saga === null) throw new Error(`Scope “${scope}” compensates nothing`);
    const { reason, startedAtMs } = graph.saga;
    return { ...graph, saga: { status: 'completed', reason, startedAtMs, endedAtMs: atMs, failed } };
  });
}

/** The first failure stops its graph; that of a compensation only leaves its own work undone. */
function withFailure(state: RunState, address: string, error: Data<'node.failed'>['error']): RunState {
  const { id } = parseAddress(address);
  const scope = scopeOf(address);
  const view = findGraph(state, scope);
  if (view === undefined || toUndoneNodes(view.workflow).has(id)) return state;
  return changeGraph(state, scope, (graph) => ({ ...graph, failure: graph.failure ?? { node: id, error } }));
}

function toFreshAttempt(
  frame: string,
  attempt: number,
  inputs: AttemptState['inputs'],
  startedSeq: number,
  startedAtMs: number,
): AttemptState {
  return {
    frame,
    attempt,
    inputs,
    startedAtMs,
    startedSeq,
    endedAtMs: null,
    error: null,
    turns: none,
    calls: none,
    scopes: none,
    openScopes: 0,
    waits: none,
    hooks: none,
    openQuestions: none,
    began: null,
  };
}

const none: readonly never[] = [];

function usageOf(node: NodeState): RunState['usage'] {
  return node.status === 'pending' ? noUsage : node.usage;
}

type ActiveNode = Extract<NodeState, { status: 'running' | 'retrying' | 'queued' }>;

function requireActive(node: NodeState, address: string): ActiveNode {
  if (node.status !== 'running' && node.status !== 'retrying' && node.status !== 'queued')
    throw new Error(`${address} is ${node.status}, not at work`);
  return node;
}

function startedAt(node: ActiveNode, atMs: number): number {
  return node.status === 'queued' ? (node.attempts[0]?.startedAtMs ?? atMs) : node.startedAtMs;
}

/** A node that was stopped while it was queued has no attempt of that number yet. */
function withAttempt(
  attempts: readonly AttemptState[],
  number: number,
  change: (attempt: AttemptState) => AttemptState,
): readonly AttemptState[] {
  const attempt = attempts[number - 1];
  return attempt === undefined ? attempts : replaced(attempts, number - 1, change(attempt));
}
