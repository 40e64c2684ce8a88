import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import { findWorkflowNode, leftDoubt } from '#shared/run/at-work.ts';
import type { FailureConsequence } from '#shared/run/events.ts';
import { attemptsOf, findNodeState } from '#shared/run/node-states.ts';
import { toRetryDelayMs } from '#shared/run/retry.ts';
import type { RunState } from '#shared/run/state.ts';

/** A failed attempt, with what else decides what follows from it. */
export interface FailureCircumstances {
  readonly address: string;
  readonly attempt: number;
  readonly error: ErrorInfo;
  /** What a hook wants to follow: `stop`, `skip` or `retry`; anything else leaves it to the policy. */
  readonly wanted?: JsonValue | undefined;
  readonly nowMs: number;
  /** A number in [0, 1) by chance, for the jitter of retries. */
  readonly chance: number;
}

/** A hook that always wants another try does not get one for ever. */
const mostWantedAttempts = 100;

/** What follows from a failure by the node's policy, and by what hooks want, where that may be: an effect that could be doubled is never tried again. */
export function toFailureConsequence(state: RunState, circumstances: FailureCircumstances): FailureConsequence {
  const { address, attempt, error, wanted, nowMs, chance } = circumstances;
  const policy = findWorkflowNode(state, address)?.policy;
  const otherwise: FailureConsequence = { type: policy?.onFailure ?? 'stop' };
  if (wanted === 'stop' || wanted === 'skip') return { type: wanted };
  if (leftDoubt(state, address)) return otherwise;
  // Model calls have used up their tries by themselves.
  const delayMs = error.code.startsWith('model.') ? undefined : toRetryDelayMs(policy, error, attempt, chance);
  const wantedMs = wanted === 'retry' && attempt < mostWantedAttempts && !error.code.startsWith('model.') ? 1000 : undefined;
  const waitMs = delayMs ?? wantedMs;
  if (waitMs === undefined) return otherwise;
  const begunAtMs = attemptsOf(findNodeState(state, address))[0]?.startedAtMs ?? nowMs;
  // No further attempt when that would come after all the time that the node has.
  const isTooLate = policy?.totalTimeoutMs !== undefined && nowMs + waitMs >= begunAtMs + policy.totalTimeoutMs;
  return isTooLate ? otherwise : { type: 'retry', dueAtMs: nowMs + waitMs };
}
