import { assertNever } from '../base/assert-never.ts';
import type { JsonObject } from '../base/json.ts';
import { replaced } from '../base/replaced.ts';
import { changeNode, changeScope } from './change-graph.ts';
import type { RunEvent, RunEventData } from './events.ts';
import { toFreshGraph } from './fresh-graph.ts';
import { withCall, withNewCall } from './reduce-calls.ts';
import {
  withNodeCancelled,
  withNodeFailed,
  withNodeMoved,
  withNodeQueued,
  withNodeSkipped,
  withNodeStarted,
  withNodeSucceeded,
  withSagaCompleted,
  withSagaStarted,
  withScopeEnded,
  withScopeStarted,
} from './reduce-nodes.ts';
import {
  changeAttempt,
  withApprovalRequested,
  withDeadline,
  withDecision,
  withEscalation,
  withSignalAwaited,
  withSignalReceived,
  withTimerStarted,
  withWaitFired,
} from './reduce-questions.ts';
import type { AttemptState, BegunNode, HookState, ModelCallState, RunState, ToolCallState, UsageTotals } from './state.ts';
import { withBeginnings, withSteering } from './steer.ts';
import { noUsage, withModelAnswer, withToolCall } from './usage.ts';

/**
 * The state of a run after one more event. Pure: same events, same state, byte for byte.
 * `state` is null before the first event, which must be `run.started`. Throws when the events are not one run's journal in order.
 */
export function reduceRun(state: RunState | null, event: RunEvent): RunState {
  if (state === null) {
    if (event.type !== 'run.started') throw new Error(`A run begins with run.started, not ${event.type}`);
    return toStartedRun(event.data, event.seq, event.atMs);
  }
  if (event.seq !== state.lastSeq + 1) throw new Error(`Event ${event.seq} cannot follow event ${state.lastSeq}`);
  const next = applyEvent(state, event);
  const status = toStatus(next);
  if (next === state) return { ...next, lastSeq: event.seq, status };
  const fresh = next as FreshState;
  fresh.lastSeq = event.seq;
  fresh.status = status;
  return fresh;
}

/** A copy that this event has made, and nobody has seen yet. */
type FreshState = { -readonly [Key in keyof RunState]: RunState[Key] };

/** The fold of a whole journal, or of its beginning. */
export function foldRun(events: Iterable<RunEvent>, from: RunState | null = null): RunState | null {
  let state = from;
  for (const event of events) state = reduceRun(state, event);
  return state;
}

function toStartedRun(data: RunEventData['run.started'], seq: number, atMs: number): RunState {
  const { part } = data;
  return {
    ...toFreshGraph(data.workflow, part === null ? null : { part, seq, atMs }),
    runId: data.runId,
    lastSeq: seq,
    status: 'running',
    workflow: data.workflow,
    workflowPath: data.workflowPath,
    subworkflows: data.subworkflows,
    forkedFrom: data.forkedFrom,
    part: part === null ? null : { mode: part.mode, node: part.node, nodes: part.nodes },
    inputs: data.inputs,
    approvalMode: data.approvalMode,
    modelOverride: data.modelOverride,
    budgetUsd: data.budgetUsd,
    startedAtMs: atMs,
    endedAtMs: null,
    activeNodes: 0,
    blockedNodes: 0,
    openApprovals: 0,
    approvals: {},
    outputs: null,
    error: null,
    failedNode: null,
    cancelReason: null,
    isCompensationRequested: false,
    interrupt: null,
    steeredCases: {},
    keptSignals: [],
    openSignalWaits: [],
    hooks: [],
    usage: noUsage,
    timesResumed: 0,
  };
}

function applyEvent(state: RunState, event: RunEvent): RunState {
  const { atMs, seq } = event;
  switch (event.type) {
    case 'run.started':
      throw new Error('A run starts once');
    case 'run.resumed':
      return { ...state, timesResumed: state.timesResumed + 1 };
    case 'run.cancelRequested':
      return { ...state, status: 'cancelling', cancelReason: event.data.reason, interrupt: null };
    case 'run.compensationRequested':
      return { ...state, status: 'cancelling', cancelReason: event.data.reason, isCompensationRequested: true, interrupt: null };
    case 'run.interruptRequested': {
      const { mode, reason } = event.data;
      return { ...state, interrupt: { mode, reason, requestedAtMs: atMs, isReached: false } };
    }
    case 'run.interrupted':
      return state.interrupt === null ? state : { ...state, interrupt: { ...state.interrupt, isReached: true } };
    case 'run.continued':
      return { ...state, interrupt: null };
    case 'run.steered':
      return event.data.changes.reduce(withSteering, withBeginnings(state));
    case 'run.succeeded':
      return { ...state, status: 'succeeded', outputs: event.data.outputs, endedAtMs: atMs };
    case 'run.failed':
      return { ...state, status: 'failed', error: event.data.error, failedNode: event.data.node, endedAtMs: atMs };
    case 'run.cancelled':
      return { ...state, status: 'cancelled', cancelReason: event.data.reason, endedAtMs: atMs };
    case 'node.queued':
      return withNodeQueued(state, event.data, atMs);
    case 'node.moved':
      return withNodeMoved(state, event.data);
    case 'node.started':
      return withNodeStarted(state, event.data, seq, atMs);
    case 'node.succeeded':
      return withNodeSucceeded(state, event.data, seq, atMs);
    case 'node.failed':
      return withNodeFailed(state, event.data, seq, atMs);
    case 'node.skipped':
      return withNodeSkipped(state, event.data, seq);
    case 'node.cancelled':
      return withNodeCancelled(state, event.data, seq, atMs);
    case 'scope.started':
      return withScopeStarted(state, event.data, atMs);
    case 'scope.succeeded':
      return withScopeEnded(state, event.data.scope, { status: 'succeeded', outputs: event.data.outputs }, seq, atMs);
    case 'scope.failed': {
      const { scope, error, node } = event.data;
      return withScopeEnded(state, scope, { status: 'failed', error, failedNode: node }, seq, atMs);
    }
    case 'scope.cancelRequested': {
      const { scope: path, reason } = event.data;
      return changeScope(state, path, (scope) => ({ ...scope, status: 'cancelling', cancelReason: reason }));
    }
    case 'scope.cancelled':
      return withScopeEnded(state, event.data.scope, { status: 'cancelled' }, seq, atMs);
    case 'saga.started':
      return withSagaStarted(state, event.data, atMs);
    case 'saga.completed':
      return withSagaCompleted(state, event.data, atMs);
    case 'branch.taken': {
      const { node, case: takenCase } = event.data;
      return withTakenCase(state, node, takenCase);
    }
    case 'turn.started': {
      const { frame, turn } = event.data;
      return changeAttempt(state, frame, (attempt) => ({
        ...attempt,
        turns: [...attempt.turns, { frame, turn, startedAtMs: atMs, endedAtMs: null, calls: [] }],
      }));
    }
    case 'turn.completed':
      return changeAttempt(state, event.data.frame, (attempt) => ({
        ...attempt,
        turns: withTurnEnded(attempt.turns, event.data.frame, atMs),
      }));
    case 'modelCall.started': {
      const { frame, request, requestHash } = event.data;
      return changeAttempt(state, frame, (attempt) =>
        withNewCall(attempt, {
          type: 'model',
          frame,
          request,
          requestHash,
          startedAtMs: atMs,
          endedAtMs: null,
          outcome: { type: 'pending' },
        }),
      );
    }
    case 'modelCall.completed': {
      const { frame, answer } = event.data;
      return withModelOutcome(state, frame, { type: 'completed', answer }, atMs, (usage) => withModelAnswer(usage, answer));
    }
    case 'modelCall.reused': {
      const { frame, answer, from } = event.data;
      return withModelOutcome(state, frame, { type: 'completed', answer, reusedFrom: from }, atMs);
    }
    case 'modelCall.failed': {
      const { frame, error, retryAtMs } = event.data;
      return withModelOutcome(state, frame, { type: 'failed', error, retryAtMs }, atMs);
    }
    case 'toolCall.requested': {
      const { frame, tool, callId, argumentsHash } = event.data;
      const call: ToolCallState = {
        type: 'tool',
        frame,
        tool,
        callId,
        arguments: event.data.arguments,
        argumentsHash,
        requestedAtMs: atMs,
        startedAtMs: null,
        endedAtMs: null,
        effect: null,
        approvalId: null,
        outcome: { type: 'requested' },
      };
      return changeAttempt(state, frame, (attempt) => withNewCall(attempt, call));
    }
    case 'toolCall.started': {
      const { frame, effect, arguments: args } = event.data;
      return changeToolCall(
        state,
        frame,
        (call) => ({ ...call, arguments: args, effect, startedAtMs: atMs, outcome: { type: 'started' } }),
        withToolCall,
      );
    }
    case 'toolCall.completed': {
      const { frame, result, isTruncated } = event.data;
      return changeToolCall(state, frame, (call) => ({ ...call, endedAtMs: atMs, outcome: { type: 'completed', result, isTruncated } }));
    }
    case 'toolCall.reused': {
      const { frame, result, isTruncated, from } = event.data;
      return changeToolCall(state, frame, (call) => ({
        ...call,
        endedAtMs: atMs,
        outcome: { type: 'completed', result, isTruncated, reusedFrom: from },
      }));
    }
    case 'toolCall.failed': {
      const { frame, error } = event.data;
      return changeToolCall(state, frame, (call) => ({ ...call, endedAtMs: atMs, outcome: { type: 'failed', error } }));
    }
    case 'toolCall.outcomeUnknown':
      // The question that its approval or an earlier doubt raised is no longer the one that it waits for.
      return changeToolCall(state, event.data.frame, (call) => ({ ...call, approvalId: null, outcome: { type: 'unknown' } }));
    case 'timer.started':
      return withTimerStarted(state, event.data, atMs);
    case 'timer.fired':
    case 'signal.missed':
      return withWaitFired(state, event.data.frame, atMs);
    case 'signal.awaited':
      return withSignalAwaited(state, event.data, atMs);
    case 'signal.received':
      return withSignalReceived(state, event.data, atMs);
    case 'hook.completed':
      return withHook(state, { ...event.data, atMs });
    case 'approval.requested':
      return withApprovalRequested(state, event.data, atMs);
    case 'approval.deadlineSet':
      return withDeadline(state, event.data);
    case 'approval.escalated':
      return withEscalation(state, event.data);
    case 'approval.granted': {
      const { approvalId, by, value, isEdited } = event.data;
      return withDecision(state, approvalId, { type: 'granted', by, value, isEdited }, atMs);
    }
    case 'approval.denied': {
      const { approvalId, by, reason } = event.data;
      return withDecision(state, approvalId, { type: 'denied', by, reason }, atMs);
    }
    case 'approval.resolved': {
      const { approvalId, by, decision } = event.data;
      return withDecision(state, approvalId, { type: 'resolved', by, outcome: decision }, atMs);
    }
    case 'log.written':
      return state;
    default:
      return assertNever(event);
  }
}

function withTurnEnded(turns: AttemptState['turns'], frame: string, atMs: number): AttemptState['turns'] {
  const index = turns.findLastIndex((turn) => turn.frame === frame);
  const turn = turns[index];
  if (turn === undefined) throw new Error(`No turn ${frame}`);
  return replaced(turns, index, { ...turn, endedAtMs: atMs });
}

/** What is true of the whole run, from what is true of its parts. */
function toStatus(state: RunState): RunState['status'] {
  switch (state.status) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return state.status;
    default:
      if (state.interrupt !== null) return state.interrupt.isReached ? 'interrupted' : 'interrupting';
      if (state.saga?.status === 'compensating') return 'compensating';
      if (state.cancelReason !== null) return 'cancelling';
      return state.activeNodes > 0 && state.activeNodes === state.blockedNodes ? 'waiting' : 'running';
  }
}

function withTakenCase(state: RunState, address: string, takenCase: string): RunState {
  return changeNode(state, address, (node) => {
    if (node.status !== 'running') throw new Error(`${address} is ${node.status}, not at work`);
    return { ...node, takenCase };
  });
}

function withModelOutcome(
  state: RunState,
  frame: string,
  outcome: ModelCallState['outcome'],
  atMs: number,
  changeUsage?: (usage: UsageTotals) => UsageTotals,
): RunState {
  const change = (attempt: AttemptState) =>
    withCall(attempt, frame, (call) => (call.type === 'model' ? { ...call, endedAtMs: atMs, outcome } : call));
  return withUsage(state, frame, change, changeUsage);
}

function changeToolCall(
  state: RunState,
  frame: string,
  change: (call: ToolCallState) => ToolCallState,
  changeUsage?: (usage: UsageTotals) => UsageTotals,
): RunState {
  const changeCall = (attempt: AttemptState) => withCall(attempt, frame, (call) => (call.type === 'tool' ? change(call) : call));
  return withUsage(state, frame, changeCall, changeUsage);
}

/** What a call used counts for its node, for the nodes that hold its scope, and for the run. */
function withUsage(
  state: RunState,
  frame: string,
  change: (attempt: AttemptState) => AttemptState,
  changeUsage: ((usage: UsageTotals) => UsageTotals) | undefined,
): RunState {
  if (changeUsage === undefined) return changeAttempt(state, frame, change);
  const count = (node: BegunNode): BegunNode => ({ ...node, usage: changeUsage(node.usage) });
  const fresh = changeAttempt(state, frame, change, count) as FreshState;
  fresh.usage = changeUsage(state.usage);
  return fresh;
}

/** A hook may have changed what the run began or ends with. */
function withHook(state: RunState, hook: HookState): RunState {
  if (hook.frame !== '') return changeAttempt(state, hook.frame, (attempt) => ({ ...attempt, hooks: [...attempt.hooks, hook] }));
  const noted = { ...state, hooks: [...state.hooks, hook] };
  return hook.point === 'beforeRun' && hook.outcome.type === 'changed' ? { ...noted, inputs: hook.outcome.value as JsonObject } : noted;
}
