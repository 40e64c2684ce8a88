import type { ApprovalSubject } from '#shared/run/events.ts';
import type { ApprovalState } from '#shared/run/state.ts';
import type { Attempt } from './attempt.ts';
import type { AnswerDeadline } from './executor.ts';

type Decided = Exclude<ApprovalState['decision'], { type: 'open' }>;

/** Who answered when the run was started with approvals granted or denied beforehand. */
const byStartOption = 'start option';

/**
 * Asks a person and gives the decision. A question that was asked before the host died (`askedBefore`, else null) is not asked again,
 * answered or open. Runs started with approvals granted or denied beforehand are answered at once, except about unknown outcomes:
 * only a person can know.
 */
export async function ask(
  attempt: Attempt,
  frame: string,
  subject: ApprovalSubject,
  askedBefore: string | null,
  deadline?: AnswerDeadline,
): Promise<Decided> {
  const { journal } = attempt;
  const approvalId = askedBefore ?? `a${Object.keys(journal.state().approvals).length + 1}`;
  if (askedBefore === null) journal.note('approval.requested', { approvalId, frame, subject });
  if (askedBefore === null && deadline !== undefined) {
    const dueAtMs = attempt.world.clock.nowMs() + deadline.afterMs;
    journal.note('approval.deadlineSet', { approvalId, dueAtMs, onTimeout: deadline.onTimeout });
  }
  // Also a question that stood open when the host died: its answer may not have reached the disk with it.
  const isOpen = journal.state().approvals[approvalId]?.decision.type === 'open';
  if (isOpen && !answerAsBefore(attempt, approvalId, frame, subject) && subject.type !== 'outcomeUnknown' && subject.type !== 'form')
    answerByStartOption(attempt, approvalId, subject);
  const isDecided = () => journal.state().approvals[approvalId]?.decision.type !== 'open';
  const endDeadline = watchDeadline(attempt, approvalId, subject, deadline);
  const wait = () => attempt.activity.parked(() => attempt.waiters.until(approvalId, isDecided, attempt.signal));
  return attempt.timeLimit.whilePaused(async () => {
    await wait().finally(endDeadline);
    const decision = journal.state().approvals[approvalId]?.decision;
    if (decision === undefined || decision.type === 'open') throw new Error(`Approval ${approvalId} was called decided but is open`);
    return decision;
  });
}

/** Who answered when nobody did in time. */
export const byDeadline = 'deadline';

/** Does what was said for the case that nobody answers in time. The returned function ends the watch. */
function watchDeadline(attempt: Attempt, approvalId: string, subject: ApprovalSubject, deadline: AnswerDeadline | undefined): () => void {
  const { journal, world, waiters } = attempt;
  const set = journal.state().approvals[approvalId]?.deadline;
  if (set == null) return () => undefined;
  return world.clock.schedule(Math.max(0, set.dueAtMs - world.clock.nowMs()), () => {
    if (attempt.signal.aborted || journal.state().approvals[approvalId]?.decision.type !== 'open') return;
    switch (set.onTimeout) {
      case 'approve': {
        const value = subject.type === 'node' || subject.type === 'form' ? subject.value : subject.arguments;
        journal.note('approval.granted', { approvalId, by: byDeadline, value, isEdited: false });
        break;
      }
      case 'deny':
      case 'fail':
        journal.note('approval.denied', { approvalId, by: byDeadline, reason: 'nobody answered in time' });
        break;
      case 'escalate':
        journal.note('approval.escalated', { approvalId, to: deadline?.escalateTo ?? '' });
        return;
    }
    waiters.wake(approvalId);
  });
}

/** Takes over how the same question was answered before; false when it was not, or may not be. */
function answerAsBefore({ journal, reuse }: Attempt, approvalId: string, frame: string, subject: ApprovalSubject): boolean {
  const given = reuse?.answer({ frame, subject });
  if (given === undefined) return false;
  const { by } = given;
  switch (given.type) {
    case 'granted':
      journal.note('approval.granted', { approvalId, by, value: given.value, isEdited: given.isEdited });
      break;
    case 'denied':
      journal.note('approval.denied', { approvalId, by, reason: given.reason });
      break;
    case 'resolved':
      journal.note('approval.resolved', { approvalId, by, decision: given.outcome });
  }
  return true;
}

type AnswerableSubject = Extract<ApprovalSubject, { type: 'node' | 'toolCall' }>;

function answerByStartOption(attempt: Attempt, approvalId: string, subject: AnswerableSubject): void {
  const { journal } = attempt;
  const mode = journal.state().approvalMode;
  const value = subject.type === 'node' ? subject.value : subject.arguments;
  if (mode === 'all') journal.note('approval.granted', { approvalId, by: byStartOption, value, isEdited: false });
  if (mode === 'none') {
    journal.note('approval.denied', { approvalId, by: byStartOption, reason: 'the run was started with all approvals denied' });
  }
}
