import { assertNever } from '../base/assert-never.ts';
import type { RunEvent, RunEventData } from './events.ts';
import { parseFrame, toAttemptFrame } from './frame.ts';
import { findNodeState, listNodeStates, toNodePlaces, withNodeState } from './node-states.ts';
import { withCall, withNewCall } from './reduce-calls.ts';
import type { ApprovalState, AttemptState, NodeState, RunState, ToolCallState } from './state.ts';
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
  const placed = next === state ? { ...state } : next;
  return { ...placed, lastSeq: event.seq, status: toStatus(placed) };
}

/** The fold of a whole journal, or of its beginning. */
export function foldRun(events: Iterable<RunEvent>, from: RunState | null = null): RunState | null {
  let state = from;
  for (const event of events) state = reduceRun(state, event);
  return state;
}

function toStartedRun(data: RunEventData['run.started'], seq: number, atMs: number): RunState {
  const { size } = toNodePlaces(data.workflow);
  return {
    runId: data.runId,
    lastSeq: seq,
    status: 'running',
    workflow: data.workflow,
    workflowPath: data.workflowPath,
    inputs: data.inputs,
    approvalMode: data.approvalMode,
    modelOverride: data.modelOverride,
    startedAtMs: atMs,
    endedAtMs: null,
    nodes: Array.from({ length: size }, () => ({ status: 'pending' }) as const),
    unsettledNodes: size,
    openApprovals: 0,
    approvals: {},
    outputs: null,
    error: null,
    failedNode: null,
    failure: null,
    cancelReason: null,
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
      return { ...state, status: 'cancelling', cancelReason: event.data.reason };
    case 'run.succeeded':
      return { ...state, status: 'succeeded', outputs: event.data.outputs, endedAtMs: atMs };
    case 'run.failed':
      return { ...state, status: 'failed', error: event.data.error, failedNode: event.data.node, endedAtMs: atMs };
    case 'run.cancelled':
      return { ...state, status: 'cancelled', cancelReason: event.data.reason, endedAtMs: atMs };
    case 'node.started': {
      const { node, attempt, inputs } = event.data;
      const before = nodeOf(state, node);
      const frame = toAttemptFrame(node, attempt);
      const started: AttemptState = {
        frame,
        attempt,
        inputs,
        startedAtMs: atMs,
        startedSeq: seq,
        endedAtMs: null,
        error: null,
        turns: [],
        calls: [],
      };
      return withNodeState(state, node, {
        status: 'running',
        startedAtMs: before.status === 'pending' || !('startedAtMs' in before) ? atMs : before.startedAtMs,
        attempts: [...attemptsOf(before), started],
        usage: usageOf(before),
      });
    }
    case 'node.succeeded': {
      const before = activeNode(state, event.data.node);
      return settled(state, event.data.node, {
        ...before,
        status: 'succeeded',
        endedAtMs: atMs,
        outputs: event.data.outputs,
        settledSeq: seq,
        attempts: withLastAttempt(before.attempts, (attempt) => ({ ...attempt, endedAtMs: atMs })),
      });
    }
    case 'node.failed':
      return withFailure(state, event.data, seq, atMs);
    case 'node.skipped': {
      const before = nodeOf(state, event.data.node);
      const skipped: NodeState = {
        status: 'skipped',
        reason: event.data.reason,
        attempts: attemptsOf(before),
        usage: usageOf(before),
        settledSeq: seq,
      };
      return settled(state, event.data.node, skipped);
    }
    case 'node.cancelled': {
      const before = activeNode(state, event.data.node);
      return withoutOpenApprovalsOf(
        settled(state, event.data.node, {
          status: 'cancelled',
          startedAtMs: before.startedAtMs,
          endedAtMs: atMs,
          usage: before.usage,
          settledSeq: seq,
          attempts: withLastAttempt(before.attempts, (attempt) => ({ ...attempt, endedAtMs: attempt.endedAtMs ?? atMs })),
        }),
        event.data.node,
        atMs,
      );
    }
    case 'branch.taken': {
      const before = activeNode(state, event.data.node);
      return withNodeState(state, event.data.node, { ...before, takenCase: event.data.case });
    }
    case 'turn.started': {
      const { frame, turn } = event.data;
      return withAttempt(state, frame, (attempt) => ({
        ...attempt,
        turns: [...attempt.turns, { frame, turn, startedAtMs: atMs, endedAtMs: null, calls: [] }],
      }));
    }
    case 'turn.completed':
      return withAttempt(state, event.data.frame, (attempt) => ({
        ...attempt,
        turns: attempt.turns.map((turn) => (turn.frame === event.data.frame ? { ...turn, endedAtMs: atMs } : turn)),
      }));
    case 'modelCall.started': {
      const { frame, request, requestHash } = event.data;
      return withAttempt(state, frame, (attempt) =>
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
      const counted = withAttempt(state, frame, (attempt) =>
        withCall(attempt, frame, (call) =>
          call.type === 'model' ? { ...call, endedAtMs: atMs, outcome: { type: 'completed', answer } } : call,
        ),
      );
      return withUsage(counted, parseFrame(frame).node, (usage) => withModelAnswer(usage, answer));
    }
    case 'modelCall.failed': {
      const { frame, error, retryAtMs } = event.data;
      return withAttempt(state, frame, (attempt) =>
        withCall(attempt, frame, (call) =>
          call.type === 'model' ? { ...call, endedAtMs: atMs, outcome: { type: 'failed', error, retryAtMs } } : call,
        ),
      );
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
      return withAttempt(state, frame, (attempt) => withNewCall(attempt, call));
    }
    case 'toolCall.started': {
      const { frame, effect } = event.data;
      const begun = withToolState(state, frame, (call) => ({
        ...call,
        arguments: event.data.arguments,
        effect,
        startedAtMs: atMs,
        outcome: { type: 'started' },
      }));
      return withUsage(begun, parseFrame(frame).node, withToolCall);
    }
    case 'toolCall.completed': {
      const { result, isTruncated } = event.data;
      return withToolState(state, event.data.frame, (call) => ({
        ...call,
        endedAtMs: atMs,
        outcome: { type: 'completed', result, isTruncated },
      }));
    }
    case 'toolCall.failed': {
      const { error } = event.data;
      return withToolState(state, event.data.frame, (call) => ({ ...call, endedAtMs: atMs, outcome: { type: 'failed', error } }));
    }
    case 'toolCall.outcomeUnknown':
      // The question that its approval or an earlier doubt raised is no longer the one that it waits for.
      return withToolState(state, event.data.frame, (call) => ({ ...call, approvalId: null, outcome: { type: 'unknown' } }));
    case 'approval.requested': {
      const { approvalId, frame, subject } = event.data;
      const approval: ApprovalState = {
        approvalId,
        frame,
        node: parseFrame(frame).node,
        subject,
        requestedAtMs: atMs,
        decidedAtMs: null,
        decision: { type: 'open' },
      };
      const asked = { ...state, approvals: { ...state.approvals, [approvalId]: approval }, openApprovals: state.openApprovals + 1 };
      return subject.type === 'node' ? asked : withToolState(asked, subject.callFrame, (call) => ({ ...call, approvalId }));
    }
    case 'approval.granted': {
      const { by, value, isEdited } = event.data;
      return withDecision(state, event.data.approvalId, atMs, { type: 'granted', by, value, isEdited });
    }
    case 'approval.denied': {
      const { by, reason } = event.data;
      return withDecision(state, event.data.approvalId, atMs, { type: 'denied', by, reason });
    }
    case 'approval.resolved': {
      const { by, decision } = event.data;
      return withDecision(state, event.data.approvalId, atMs, { type: 'resolved', by, outcome: decision });
    }
    case 'log.written':
      return state;
    default:
      return assertNever(event);
  }
}

function withFailure(state: RunState, data: RunEventData['node.failed'], seq: number, atMs: number): RunState {
  const { node, error, consequence } = data;
  const before = activeNode(state, node);
  const progress = {
    usage: before.usage,
    attempts: withLastAttempt(before.attempts, (attempt) => ({ ...attempt, endedAtMs: atMs, error })),
  };
  const { startedAtMs } = before;
  switch (consequence.type) {
    case 'retry':
      return withNodeState(state, node, { ...progress, status: 'retrying', startedAtMs, dueAtMs: consequence.dueAtMs, error });
    case 'skip':
      return settled(state, node, { ...progress, status: 'skipped', reason: 'failed', settledSeq: seq });
    case 'stop': {
      const failed = settled(state, node, { ...progress, status: 'failed', startedAtMs, endedAtMs: atMs, error, settledSeq: seq });
      return { ...failed, failure: state.failure ?? { node, error } };
    }
  }
}

/** `waiting` replaces `running` when a person is asked and every node at work is blocked by such a question. */
function toStatus(state: RunState): RunState['status'] {
  if (state.status !== 'running' && state.status !== 'waiting') return state.status;
  if (state.openApprovals === 0) return 'running';
  const asked = Object.values(state.approvals).filter((approval) => isForPerson(state, approval));
  const blocked = new Set(asked.map((approval) => approval.node));
  for (const [id, node] of listNodeStates(state)) {
    if (node.status === 'retrying') return 'running';
    if (node.status === 'running' && (!blocked.has(id) || hasBusyCall(state, node.attempts.at(-1)))) return 'running';
  }
  return 'waiting';
}

/** Whether a question waits for a person: open, and not one that the run was told at its start how to answer. */
export function isForPerson({ approvalMode }: RunState, { decision, subject }: ApprovalState): boolean {
  return decision.type === 'open' && (approvalMode === 'ask' || subject.type === 'outcomeUnknown');
}

/** A call is busy until it has ended, unless a person is asked about it. */
function hasBusyCall({ approvals }: RunState, attempt: AttemptState | undefined): boolean {
  const calls = attempt?.turns.at(-1)?.calls ?? attempt?.calls ?? [];
  return calls.some((call) => {
    if (call.endedAtMs !== null) return false;
    return call.type === 'model' || call.approvalId === null || approvals[call.approvalId]?.decision.type !== 'open';
  });
}

function nodeOf(state: RunState, id: string): NodeState {
  const node = findNodeState(state, id);
  if (node === undefined) throw new Error(`The run's workflow has no node ${id}`);
  return node;
}

type ActiveNode = Extract<NodeState, { status: 'running' | 'retrying' }>;

function activeNode(state: RunState, id: string): ActiveNode {
  const node = nodeOf(state, id);
  if (node.status !== 'running' && node.status !== 'retrying') throw new Error(`${id} is ${node.status}, not at work`);
  return node;
}

function attemptsOf(node: NodeState): readonly AttemptState[] {
  return node.status === 'pending' ? [] : node.attempts;
}

function usageOf(node: NodeState): RunState['usage'] {
  return node.status === 'pending' ? noUsage : node.usage;
}

function settled(state: RunState, id: string, node: NodeState): RunState {
  return { ...withNodeState(state, id, node), unsettledNodes: state.unsettledNodes - 1 };
}

function withLastAttempt(attempts: readonly AttemptState[], change: (attempt: AttemptState) => AttemptState): readonly AttemptState[] {
  const last = attempts.at(-1);
  return last === undefined ? attempts : attempts.with(-1, change(last));
}

function withAttempt(state: RunState, frame: string, change: (attempt: AttemptState) => AttemptState): RunState {
  const { node: id, attempt: number } = parseFrame(frame);
  const node = nodeOf(state, id);
  if (node.status === 'pending') throw new Error(`${id} has not started`);
  const index = number - 1;
  const attempt = node.attempts[index];
  if (attempt === undefined) throw new Error(`${id} has no attempt ${number}`);
  return withNodeState(state, id, { ...node, attempts: node.attempts.with(index, change(attempt)) });
}

function withToolState(state: RunState, frame: string, change: (call: ToolCallState) => ToolCallState): RunState {
  return withAttempt(state, frame, (attempt) => withCall(attempt, frame, (call) => (call.type === 'tool' ? change(call) : call)));
}

function withUsage(state: RunState, id: string, change: (usage: RunState['usage']) => RunState['usage']): RunState {
  const node = nodeOf(state, id);
  if (node.status === 'pending') return state;
  return { ...withNodeState(state, id, { ...node, usage: change(node.usage) }), usage: change(state.usage) };
}

function withDecision(state: RunState, approvalId: string, atMs: number, decision: ApprovalState['decision']): RunState {
  const approval = state.approvals[approvalId];
  if (approval === undefined) throw new Error(`No approval ${approvalId} was requested`);
  if (approval.decision.type !== 'open') throw new Error(`Approval ${approvalId} was decided before`);
  return {
    ...state,
    approvals: { ...state.approvals, [approvalId]: { ...approval, decision, decidedAtMs: atMs } },
    openApprovals: state.openApprovals - 1,
  };
}

/** A cancelled node asks nobody any more: its open questions are denied by the cancel. */
function withoutOpenApprovalsOf(state: RunState, node: string, atMs: number): RunState {
  return Object.values(state.approvals)
    .filter((approval) => approval.node === node && approval.decision.type === 'open')
    .reduce(
      (current, approval) => withDecision(current, approval.approvalId, atMs, { type: 'denied', by: 'run', reason: 'the run was stopped' }),
      state,
    );
}
