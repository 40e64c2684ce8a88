import { HeddleError, toErrorInfo, toHeddleError } from '#shared/base/errors.ts';
import { toCallFrame } from '#shared/run/frame.ts';
import type { ModelAnswer, ModelRequest, RecordedRequest } from '#shared/run/message.ts';
import { findNodeState, rankOf } from '#shared/run/node-states.ts';
import { toRetryDelayMs } from '#shared/run/retry.ts';
import { delay } from './abortable.ts';
import type { Attempt } from './attempt.ts';
import { isInterruption } from './interruption.ts';

/**
 * Sends a request and gives the whole answer. The intent is durable before the provider hears of it;
 * passing errors are tried again as the node's policy says, each try with its own frame;
 * a recorded answer to the same request is given without asking anyone.
 */
export async function callModel(attempt: Attempt, request: ModelRequest, turnFrame: string | undefined): Promise<ModelAnswer> {
  const { requestHash, recordedRequest } = attempt.conversation.place(request);
  const parentFrame = turnFrame ?? attempt.start.frame;
  for (let tries = 1; ; tries += 1) {
    const recorded = attempt.recorded.takeModelCall(requestHash, turnFrame);
    if (recorded !== undefined) attempt.conversation.sentAs(recorded.frame);
    if (recorded?.outcome.type === 'completed') return recorded.outcome.answer;
    const outcome =
      recorded?.outcome.type === 'failed'
        ? { error: recorded.outcome.error, retryAtMs: recorded.outcome.retryAtMs }
        : await tryOnce(attempt, { request, recordedRequest, requestHash }, recorded?.frame, parentFrame, tries);
    if ('answer' in outcome) return outcome.answer;
    if (outcome.retryAtMs === null) throw toHeddleError({ ...outcome.error, isRetryable: false });
    const waitMs = Math.max(0, outcome.retryAtMs - attempt.world.clock.nowMs());
    await attempt.activity.parked(() => delay(attempt.world.clock, waitMs, attempt.signal));
  }
}

interface PlacedRequest {
  readonly request: ModelRequest;
  readonly recordedRequest: RecordedRequest;
  readonly requestHash: string;
}

type TryOutcome = { readonly answer: ModelAnswer } | { readonly error: ReturnType<typeof toErrorInfo>; readonly retryAtMs: number | null };

async function tryOnce(
  attempt: Attempt,
  { request, recordedRequest, requestHash }: PlacedRequest,
  recordedFrame: string | undefined,
  parentFrame: string,
  tries: number,
): Promise<TryOutcome> {
  const { journal, world, signal } = attempt;
  await attempt.pass();
  const frame = recordedFrame ?? toCallFrame(parentFrame, 'model', attempt.nextOrdinal(parentFrame, 'model'));
  const idempotencyKey = `${journal.state().runId}:${frame}`;
  if (recordedFrame === undefined) {
    refuseOverBudget(attempt);
    attempt.conversation.sentAs(frame);
    const written = journal.record('modelCall.started', { frame, request: recordedRequest, requestHash, idempotencyKey });
    written.catch(() => undefined);
    const reused = reuse(attempt, frame, requestHash);
    if (reused !== undefined) return reused;
    await written;
  } else {
    const reused = reuse(attempt, frame, requestHash);
    if (reused !== undefined) return reused;
  }
  try {
    const call = () => world.models.call(request, { signal, idempotencyKey, onDelta: (delta) => attempt.onDelta(frame, delta) });
    const name = toProviderId(request.model);
    const answer = await world.calls.use(
      { type: 'model', name, run: journal.state().runId, rank: rankOf(journal.state(), attempt.address), signal },
      call,
    );
    journal.note('modelCall.completed', { frame, answer });
    return { answer };
  } catch (thrown) {
    if (isInterruption(signal.reason)) throw signal.reason;
    if (signal.aborted) {
      journal.note('modelCall.failed', { frame, error: toErrorInfo(signal.reason), retryAtMs: null });
      throw signal.reason;
    }
    if (!(thrown instanceof HeddleError)) throw thrown;
    const error = toErrorInfo(thrown);
    const delayMs = toRetryDelayMs(attempt.node.policy, error, tries, world.random());
    const retryAtMs = delayMs === undefined ? null : world.clock.nowMs() + delayMs;
    journal.note('modelCall.failed', { frame, error, retryAtMs });
    return { error, retryAtMs };
  }
}

/** Refuses with `node.overBudget` another request when those of the node so far, over all its attempts, have used what its policy allows. */
function refuseOverBudget({ journal, address, node }: Attempt): void {
  const { budgetUsd, maxTokens } = node.policy ?? {};
  const state = budgetUsd === undefined && maxTokens === undefined ? undefined : findNodeState(journal.state(), address);
  if (state === undefined || state.status === 'pending') return;
  const { costUsd, inputTokens, outputTokens } = state.usage;
  const label = node.name || node.id;
  if (budgetUsd !== undefined && (costUsd ?? 0) >= budgetUsd)
    throw new HeddleError('node.overBudget', `${label} may cost $${budgetUsd}, and its model calls have cost $${costUsd}.`);
  if (maxTokens !== undefined && inputTokens + outputTokens >= maxTokens)
    throw new HeddleError(
      'node.overBudget',
      `${label} may use ${maxTokens} tokens, and its model calls have used ${inputTokens + outputTokens}.`,
    );
}

/** The answer that was given to this request before, where the run may take it over. */
function reuse({ reuse: source, journal }: Attempt, frame: string, requestHash: string): TryOutcome | undefined {
  const reused = source?.modelCall({ frame, requestHash });
  if (reused === undefined) return undefined;
  journal.note('modelCall.reused', { frame, answer: reused.answer, from: reused.from });
  return { answer: reused.answer };
}

/** The provider in a `provider/model` name. */
function toProviderId(model: string): string {
  return model.split('/', 1)[0] ?? model;
}
