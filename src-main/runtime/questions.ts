import type { ApprovalSubject } from '#shared/run/events.ts';
import type { ApprovalState } from '#shared/run/state.ts';
import type { Attempt } from './attempt.ts';

type Decided = Exclude<ApprovalState['decision'], { type: 'open' }>;

/** Who answered when the run was started with approvals granted or denied beforehand. */
const byStartOption = 'start option';

/**
 * Asks a person and gives the decision. A question that was asked before the host died (`askedBefore`, else null) is not asked again,
 * answered or open. Runs started with approvals granted or denied beforehand are answered at once, except about unknown outcomes:
 * only a person can know.
 */
export async function ask(attempt: Attempt, frame: string, subject: ApprovalSubject, askedBefore: string | null): Promise<Decided> {
  const { journal } = attempt;
  const approvalId = askedBefore ?? `a${Object.keys(journal.state().approvals).length + 1}`;
  if (askedBefore === null) void journal.record('approval.requested', { approvalId, frame, subject }).catch(() => undefined);
  // Also a question that stood open when the host died: its answer may not have reached the disk with it.
  const isOpen = journal.state().approvals[approvalId]?.decision.type === 'open';
  if (isOpen && subject.type !== 'outcomeUnknown') answerByStartOption(attempt, approvalId, subject);
  return attempt.timeLimit.whilePaused(async () => {
    await attempt.people.decided(approvalId, attempt.signal);
    const decision = journal.state().approvals[approvalId]?.decision;
    if (decision === undefined || decision.type === 'open') throw new Error(`Approval ${approvalId} was called decided but is open`);
    return decision;
  });
}

function answerByStartOption(attempt: Attempt, approvalId: string, subject: Exclude<ApprovalSubject, { type: 'outcomeUnknown' }>): void {
  const { journal } = attempt;
  const mode = journal.state().approvalMode;
  const value = subject.type === 'node' ? subject.value : subject.arguments;
  if (mode === 'all')
    void journal.record('approval.granted', { approvalId, by: byStartOption, value, isEdited: false }).catch(() => undefined);
  if (mode === 'none') {
    void journal
      .record('approval.denied', { approvalId, by: byStartOption, reason: 'the run was started with all approvals denied' })
      .catch(() => undefined);
  }
}
