import { replaced } from '../base/replaced.ts';
import { type ChangeHolder, changeNode } from './change-graph.ts';
import type { RunEventData } from './events.ts';
import { parseFrame } from './frame.ts';
import { withCall } from './reduce-calls.ts';
import type { ApprovalState, AttemptState, RunState, WaitState } from './state.ts';

type Data<Type extends keyof RunEventData> = RunEventData[Type];

/** Whether a question waits for a person: open, and not one that the run was told at its start how to answer. */
export function isForPerson({ approvalMode }: Pick<RunState, 'approvalMode'>, { decision, subject }: ApprovalState): boolean {
  return decision.type === 'open' && (approvalMode === 'ask' || subject.type === 'outcomeUnknown' || subject.type === 'form');
}

export function withApprovalRequested(state: RunState, { approvalId, frame, subject }: Data<'approval.requested'>, atMs: number): RunState {
  const approval: ApprovalState = {
    approvalId,
    frame,
    node: parseFrame(frame).node,
    subject,
    requestedAtMs: atMs,
    decidedAtMs: null,
    deadline: null,
    escalatedTo: null,
    decision: { type: 'open' },
  };
  const asked = { ...state, approvals: { ...state.approvals, [approvalId]: approval }, openApprovals: state.openApprovals + 1 };
  return changeAttempt(asked, frame, (attempt) => {
    const open = isForPerson(state, approval) ? { ...attempt, openQuestions: [...attempt.openQuestions, approvalId] } : attempt;
    if (subject.type !== 'toolCall' && subject.type !== 'outcomeUnknown') return open;
    return withCall(open, subject.callFrame, (call) => (call.type === 'tool' ? { ...call, approvalId } : call));
  });
}

export function withDecision(state: RunState, approvalId: string, decision: ApprovalState['decision'], atMs: number): RunState {
  const approval = requireOpen(state, approvalId);
  const decided = {
    ...state,
    approvals: { ...state.approvals, [approvalId]: { ...approval, decision, decidedAtMs: atMs } },
    openApprovals: state.openApprovals - 1,
  };
  return changeAttempt(decided, approval.frame, (attempt) => withoutQuestion(attempt, approvalId));
}

export function withDeadline(state: RunState, { approvalId, dueAtMs, onTimeout }: Data<'approval.deadlineSet'>): RunState {
  const approval = requireOpen(state, approvalId);
  return { ...state, approvals: { ...state.approvals, [approvalId]: { ...approval, deadline: { dueAtMs, onTimeout } } } };
}

export function withEscalation(state: RunState, { approvalId, to }: Data<'approval.escalated'>): RunState {
  const approval = requireOpen(state, approvalId);
  return { ...state, approvals: { ...state.approvals, [approvalId]: { ...approval, deadline: null, escalatedTo: to } } };
}

export function withTimerStarted(state: RunState, { frame, dueAtMs }: Data<'timer.started'>, atMs: number): RunState {
  return withNewWait(state, { frame, signal: null, startedAtMs: atMs, dueAtMs, endedAtMs: null, outcome: { type: 'open' } });
}

export function withWaitFired(state: RunState, frame: string, atMs: number): RunState {
  return withWaitEnded(state, frame, { type: 'fired' }, atMs);
}

/** A signal that came before anyone waited for it ends the wait at once. */
export function withSignalAwaited(state: RunState, { frame, name, dueAtMs }: Data<'signal.awaited'>, atMs: number): RunState {
  const kept = state.keptSignals.findIndex((signal) => signal.name === name);
  const signal = state.keptSignals[kept];
  const wait: WaitState = { frame, signal: name, startedAtMs: atMs, dueAtMs, endedAtMs: null, outcome: { type: 'open' } };
  if (signal === undefined) {
    return withNewWait({ ...state, openSignalWaits: [...state.openSignalWaits, { frame, name }] }, wait);
  }
  const { payload, by } = signal;
  return withNewWait(
    { ...state, keptSignals: state.keptSignals.toSpliced(kept, 1) },
    { ...wait, endedAtMs: atMs, outcome: { type: 'received', payload, by } },
  );
}

export function withSignalReceived(state: RunState, { name, payload, by }: Data<'signal.received'>, atMs: number): RunState {
  const wait = state.openSignalWaits.find((open) => open.name === name);
  if (wait === undefined) return { ...state, keptSignals: [...state.keptSignals, { name, payload, by, atMs }] };
  return withWaitEnded(state, wait.frame, { type: 'received', payload, by }, atMs);
}

/** A node that has failed or was stopped asks nobody any more: its open questions are denied, its waits are over. */
export function withoutOpenQuestionsOf(state: RunState, node: string, atMs: number): RunState {
  if (state.openApprovals === 0 && state.openSignalWaits.length === 0) return state;
  const denied = Object.values(state.approvals)
    .filter((approval) => approval.node === node && approval.decision.type === 'open')
    .reduce(
      (current, { approvalId }) => withDecision(current, approvalId, { type: 'denied', by: 'run', reason: 'the node was stopped' }, atMs),
      state,
    );
  return { ...denied, openSignalWaits: denied.openSignalWaits.filter(({ frame }) => parseFrame(frame).node !== node) };
}

function withNewWait(state: RunState, wait: WaitState): RunState {
  const isBlocking = wait.signal !== null && wait.outcome.type === 'open';
  return changeAttempt(state, wait.frame, (attempt) => ({
    ...attempt,
    waits: [...attempt.waits, wait],
    openQuestions: isBlocking ? [...attempt.openQuestions, wait.frame] : attempt.openQuestions,
  }));
}

function withWaitEnded(state: RunState, frame: string, outcome: WaitState['outcome'], atMs: number): RunState {
  const openSignalWaits = state.openSignalWaits.filter((open) => open.frame !== frame);
  return changeAttempt({ ...state, openSignalWaits }, frame, (attempt) => ({
    ...withoutQuestion(attempt, frame),
    waits: attempt.waits.map((wait) => (wait.frame === frame ? { ...wait, endedAtMs: atMs, outcome } : wait)),
  }));
}

function withoutQuestion(attempt: AttemptState, question: string): AttemptState {
  if (!attempt.openQuestions.includes(question)) return attempt;
  return { ...attempt, openQuestions: attempt.openQuestions.filter((open) => open !== question) };
}

function requireOpen(state: RunState, approvalId: string): ApprovalState {
  const approval = state.approvals[approvalId];
  if (approval === undefined) throw new Error(`No approval ${approvalId} was requested`);
  if (approval.decision.type !== 'open') throw new Error(`Approval ${approvalId} was decided before`);
  return approval;
}

/** The run with the attempt changed that a frame is in or below. Throws when it never began. */
export function changeAttempt(
  state: RunState,
  frame: string,
  change: (attempt: AttemptState) => AttemptState,
  changeNodeToo: ChangeHolder = (node) => node,
): RunState {
  const { node: address, attempt: number } = parseFrame(frame);
  return changeNode(
    state,
    address,
    (node) => {
      if (node.status === 'pending') throw new Error(`${address} has not started`);
      const attempt = node.attempts[number - 1];
      if (attempt === undefined) throw new Error(`${address} has no attempt ${number}`);
      return changeNodeToo({ ...node, attempts: replaced(node.attempts, number - 1, change(attempt)) });
    },
    changeNodeToo,
  );
}
