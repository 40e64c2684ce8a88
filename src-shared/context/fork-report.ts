import { z } from 'zod';
import { type JsonValue, toCanonicalJson } from '../base/json.ts';
import { toNodeName } from '../run/node-states.ts';
import { callsOf } from '../run/reduce-calls.ts';
import { listRequestChanges, type RequestChange, requestChangeSchema } from '../run/request-change.ts';
import type { ApprovalState, AttemptState, CallState, RunState, WaitState } from '../run/state.ts';
import { noUsage, withModelAnswer } from '../run/usage.ts';
import { toNodePath, toPlace, toSuffix, walkAttempts } from '../run/walk-attempts.ts';
import { diffWords } from '../run/word-diff.ts';
import { toSentRequest } from './sent-request.ts';

/** Why something of a fork was taken over or done again. */
export const forkReasonSchema = z.discriminatedUnion('type', [
  /** The origin asked for exactly this. */
  z.strictObject({ type: z.literal('sameContent') }),
  /** The origin asked for exactly this, and the answer was edited. */
  z.strictObject({ type: z.literal('edited') }),
  /** The origin asked for something else in this place. */
  z.strictObject({ type: z.literal('changed'), changes: z.array(requestChangeSchema) }),
  /** The origin has nothing in this place. */
  z.strictObject({ type: z.literal('new') }),
  /** The origin had not come so far, or had no answer yet. */
  z.strictObject({ type: z.literal('notReached') }),
  /** It failed in the origin, and took its node with it. */
  z.strictObject({ type: z.literal('failedBefore') }),
  /** Consent to an effect holds for one effect, and this is another. */
  z.strictObject({ type: z.literal('consentUsed') }),
  /** Whoever forked wanted it done again. */
  z.strictObject({ type: z.literal('askedFor') }),
]);
export type ForkReason = z.infer<typeof forkReasonSchema>;

export const forkStepSchema = z.strictObject({
  frame: z.string(),
  /** The address of the node. */
  node: z.string(),
  nodeName: z.string(),
  type: z.enum(['modelCall', 'toolCall', 'question', 'timer', 'signal']),
  /** The model, tool, question or signal. */
  label: z.string(),
  decision: z.enum(['reused', 'edited', 'ranAgain']),
  reason: forkReasonSchema,
  /** The frame of the origin that it was taken from, or that is nearest to it. */
  originFrame: z.string().nullable(),
});
export type ForkStep = z.infer<typeof forkStepSchema>;

/** What a fork took over from its origin and what it did again, step by step, each with its reason. */
export const forkReportSchema = z.strictObject({
  runId: z.string(),
  originId: z.string(),
  atSeq: z.int(),
  steps: z.array(forkStepSchema),
  reused: z.int(),
  edited: z.int(),
  ranAgain: z.int(),
  /** What the reused answers had cost in the origin; `costUsd` is null when one had no price. */
  saved: z.strictObject({
    modelCalls: z.int(),
    toolCalls: z.int(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    costUsd: z.number().nullable(),
  }),
});
export type ForkReport = z.infer<typeof forkReportSchema>;

type Step = Pick<ForkStep, 'decision' | 'reason' | 'originFrame'>;

/** What a fork made of its origin. `origin` is that run as far as it counted: at the event that was forked from, or at its newest. Pure. */
export function toForkReport(state: RunState, origin: RunState): ForkReport {
  const { forkedFrom } = state;
  if (forkedFrom === null) throw new Error(`Run ${state.runId} is no fork`);
  const places = indexOrigin(origin);
  const isDropped = (frame: string) =>
    forkedFrom.edits.some(
      (edit) =>
        edit.type === 'rerun' && (frame === edit.frame || (/^[#/]/.test(frame.slice(edit.frame.length)) && frame.startsWith(edit.frame))),
    );
  const isEdited = (frame: string) => forkedFrom.edits.some((edit) => 'frame' in edit && edit.type !== 'rerun' && edit.frame === frame);
  const steps: ForkStep[] = [];
  let usage = noUsage;
  let toolCalls = 0;

  for (const { address, attempt } of walkAttempts(state)) {
    const at = { node: address, nodeName: toNodeName(state, address) };
    for (const call of callsOf(attempt)) {
      const type = call.type === 'model' ? 'modelCall' : 'toolCall';
      const label = call.type === 'model' ? call.request.model : call.tool;
      steps.push({ ...at, frame: call.frame, type, label, ...toCallStep(attempt, call) });
      if (call.outcome.type === 'completed' && call.outcome.reusedFrom !== undefined) {
        if ('answer' in call.outcome) usage = withModelAnswer(usage, call.outcome.answer);
        else toolCalls += 1;
      }
    }
    for (const wait of attempt.waits) {
      const type = wait.signal === null ? 'timer' : 'signal';
      steps.push({ ...at, frame: wait.frame, type, label: wait.signal ?? '', ...toWaitStep(wait) });
    }
  }
  for (const approval of Object.values(state.approvals)) {
    const { frame, node, subject } = approval;
    const label = 'title' in subject ? subject.title : subject.tool;
    steps.push({ frame, node, nodeName: toNodeName(state, node), type: 'question', label, ...toQuestionStep(approval) });
  }
  const count = (decision: ForkStep['decision']) => steps.filter((step) => step.decision === decision).length;
  return {
    runId: state.runId,
    originId: forkedFrom.runId,
    atSeq: forkedFrom.atSeq,
    steps,
    reused: count('reused'),
    edited: count('edited'),
    ranAgain: count('ranAgain'),
    saved: {
      modelCalls: usage.modelCalls,
      toolCalls,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      costUsd: usage.costUsd,
    },
  };

  function toCallStep(attempt: AttemptState, call: CallState): Step {
    const from = call.outcome.type === 'completed' ? call.outcome.reusedFrom?.frame : undefined;
    if (from !== undefined) return toTaken(from);
    const nearest = places.nearestCall(call);
    if (nearest === undefined) return ranAgain(places.hasReached(call.frame) ? { type: 'new' } : { type: 'notReached' }, null);
    const { frame } = nearest.call;
    if (isDropped(frame)) return ranAgain({ type: 'askedFor' }, frame);
    const changes = listCallChanges(nearest, { attempt, call });
    if (changes.length > 0) return ranAgain({ type: 'changed', changes: [...changes] }, frame);
    const { outcome } = nearest.call;
    // A failure that its agent had heard of is taken over as it was.
    if (outcome.type === 'failed' && call.outcome.type === 'failed' && call.type === 'tool' && call.startedAtMs === null)
      return { decision: 'reused', reason: { type: 'sameContent' }, originFrame: frame };
    if (outcome.type === 'failed') return ranAgain({ type: 'failedBefore' }, frame);
    return ranAgain(outcome.type === 'completed' ? { type: 'new' } : { type: 'notReached' }, frame);
  }

  function toQuestionStep({ frame, subject, decision }: ApprovalState): Step {
    const nearest = places.nearestQuestion(frame, subject);
    const originFrame = nearest?.frame ?? null;
    if (decision.type !== 'open' && decision.by === `${byFork}edited`)
      return { decision: 'edited', reason: { type: 'edited' }, originFrame };
    if (decision.type !== 'open' && decision.by.startsWith(byFork))
      return { decision: 'reused', reason: { type: 'sameContent' }, originFrame };
    if (nearest === undefined) return ranAgain(places.hasReached(frame) ? { type: 'new' } : { type: 'notReached' }, null);
    if (isDropped(nearest.frame)) return ranAgain({ type: 'askedFor' }, originFrame);
    const [before, after] = [toText(nearest.subject), toText(subject)];
    if (before !== after)
      return ranAgain(
        { type: 'changed', changes: [{ part: 'question', label: 'what is asked', diff: diffWords(before, after) }] },
        originFrame,
      );
    return ranAgain(nearest.decision.type === 'open' ? { type: 'notReached' } : { type: 'consentUsed' }, originFrame);
  }

  function toWaitStep(wait: WaitState): Step {
    const nearest = places.nearestWait(wait);
    const originFrame = nearest?.frame ?? null;
    const by = wait.outcome.type === 'received' ? wait.outcome.by : '';
    if (by === `${byFork}edited`) return { decision: 'edited', reason: { type: 'edited' }, originFrame };
    const isOverAtOnce = wait.endedAtMs === wait.startedAtMs && wait.outcome.type === 'fired';
    if (by.startsWith(byFork) || (isOverAtOnce && nearest !== undefined && nearest.endedAtMs !== null))
      return { decision: 'reused', reason: { type: 'sameContent' }, originFrame };
    if (nearest === undefined) return ranAgain(places.hasReached(wait.frame) ? { type: 'new' } : { type: 'notReached' }, null);
    if (isDropped(nearest.frame)) return ranAgain({ type: 'askedFor' }, originFrame);
    if (nearest.endedAtMs === null) return ranAgain({ type: 'notReached' }, originFrame);
    const diff = diffWords(toWaitText(nearest), toWaitText(wait));
    return ranAgain({ type: 'changed', changes: [{ part: 'wait', label: 'how long or for what it waits', diff }] }, originFrame);
  }

  function toTaken(originFrame: string): Step {
    return isEdited(originFrame)
      ? { decision: 'edited', reason: { type: 'edited' }, originFrame }
      : { decision: 'reused', reason: { type: 'sameContent' }, originFrame };
  }
}

/** What stands before the name of whoever decided or sent what a fork took over; see `runtime/fork-reuse.ts`. */
const byFork = 'fork: ';

function ranAgain(reason: ForkReason, originFrame: string | null): Step {
  return { decision: 'ranAgain', reason, originFrame };
}

interface PlacedCall {
  readonly attempt: AttemptState;
  readonly call: CallState;
}

function listCallChanges(before: PlacedCall, after: PlacedCall): readonly RequestChange[] {
  if (before.call.type === 'model' && after.call.type === 'model') {
    if (before.call.requestHash === after.call.requestHash) return [];
    return listRequestChanges(toSentRequest(before.attempt, before.call), toSentRequest(after.attempt, after.call));
  }
  if (before.call.type !== 'tool' || after.call.type !== 'tool') return [];
  const was = `${before.call.tool} ${toText(before.call.arguments)}`;
  const is = `${after.call.tool} ${toText(after.call.arguments)}`;
  return was === is ? [] : [{ part: 'arguments', label: `the arguments of ${after.call.tool}`, diff: diffWords(was, is) }];
}

/** The origin's calls, questions and waits by where they are. */
function indexOrigin(origin: RunState) {
  const calls = new Map<string, PlacedCall[]>();
  const waits = new Map<string, WaitState>();
  const unfinished = new Set<string>();
  const reached = new Set<string>();
  for (const { attempt, node } of walkAttempts(origin)) {
    const path = toNodePath(toPlace(attempt.frame));
    reached.add(path);
    if (node.status !== 'succeeded' && node.status !== 'skipped') unfinished.add(path);
    for (const call of callsOf(attempt)) calls.set(path, [...(calls.get(path) ?? []), { attempt, call }]);
    for (const wait of attempt.waits) waits.set(`${toPlace(wait.frame)} ${toSuffix(wait.frame)}`, wait);
  }
  const questions = Object.values(origin.approvals);

  return {
    /** False when the origin stopped before it could come to this. */
    hasReached(frame: string): boolean {
      const path = toNodePath(toPlace(frame));
      return reached.has(path) ? !unfinished.has(path) : !hasNode(origin, path);
    },
    nearestCall(call: CallState): PlacedCall | undefined {
      const place = toPlace(call.frame);
      const suffix = toSuffix(call.frame);
      const near = (calls.get(toNodePath(place)) ?? []).filter((candidate) => candidate.call.type === call.type);
      const rank = ({ call: { frame } }: PlacedCall) => Number(toPlace(frame) === place) * 2 + Number(toSuffix(frame) === suffix);
      // The last of equals: what a later attempt did is what held.
      const best = near.reduce<PlacedCall | undefined>(
        (found, next) => (found === undefined || rank(next) >= rank(found) ? next : found),
        undefined,
      );
      return best !== undefined && (toSuffix(best.call.frame) === suffix || contentOf(best.call) === contentOf(call)) ? best : undefined;
    },
    nearestQuestion(frame: string, subject: ApprovalState['subject']): ApprovalState | undefined {
      const place = toPlace(frame);
      const near = questions.filter((question) => toPlace(question.frame) === place && question.subject.type === subject.type);
      return near.find((question) => toText(question.subject) === toText(subject)) ?? near.at(-1);
    },
    nearestWait: (wait: WaitState): WaitState | undefined => waits.get(`${toPlace(wait.frame)} ${toSuffix(wait.frame)}`),
  };
}

function hasNode(origin: RunState, path: string): boolean {
  const id = path.slice(path.lastIndexOf('/') + 1);
  const documents = path.includes('/') ? Object.values(origin.subworkflows) : [origin.workflow];
  return documents.some(({ nodes }) => nodes.some((node) => node.id === id));
}

function contentOf(call: CallState): string {
  return call.type === 'model' ? call.requestHash : `${call.tool} ${toText(call.arguments)}`;
}

function toWaitText({ signal, dueAtMs, startedAtMs }: WaitState): string {
  return signal ?? `${(dueAtMs ?? startedAtMs) - startedAtMs} ms`;
}

function toText(value: unknown): string {
  return toCanonicalJson(value as JsonValue);
}
