import type { AttemptState, NodeState } from './state.ts';

/** What a node adds to the counts of its run. */
export interface Activity {
  /** 1 when it does work of its own: with open scopes, what is in them counts instead. */
  readonly active: 0 | 1;
  /** 1 when that work cannot go on before a person or a signal answers. */
  readonly blocked: 0 | 1;
}

const idle: Activity = { active: 0, blocked: 0 };
const busy: Activity = { active: 1, blocked: 0 };
const blocked: Activity = { active: 1, blocked: 1 };

/** Looks only at the node's last attempt, and at its calls only while somebody is asked. */
export function toActivity(node: NodeState): Activity {
  switch (node.status) {
    case 'queued':
    case 'retrying':
      return busy;
    case 'running': {
      const attempt = node.attempts.at(-1);
      if (attempt === undefined) return busy;
      if (attempt.openScopes > 0) return idle;
      return attempt.openQuestions.length > 0 && !hasBusyCall(attempt) ? blocked : busy;
    }
    default:
      return idle;
  }
}

/** A call is busy until it has ended, unless a person is asked about it. */
function hasBusyCall(attempt: AttemptState): boolean {
  const calls = attempt.turns.at(-1)?.calls ?? attempt.calls;
  return calls.some(
    (call) =>
      call.endedAtMs === null && (call.type === 'model' || call.approvalId === null || !attempt.openQuestions.includes(call.approvalId)),
  );
}
