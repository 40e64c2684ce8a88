import { HeddleError } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import type { RunEventData, Steering } from '#shared/run/events.ts';
import type { ForkOrigin } from '#shared/run/fork-origin.ts';
import { parseFrame } from '#shared/run/frame.ts';
import type { ModelAnswer } from '#shared/run/message.ts';
import { attemptsOf, findNodeState } from '#shared/run/node-states.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import type { ApprovalState, ModelCallState, RunState, ToolCallState, WaitState } from '#shared/run/state.ts';
import { walkAttempts } from '#shared/run/walk-attempts.ts';
import { checkGrant, requireFit } from './approvals.ts';
import { indexRecordings, toSubjectContent, toToolContent, toWaitContent } from './recordings.ts';
import type { Reuse, ReusedToolCall } from './reuse.ts';
import type { RunLoopDependencies } from './run-loop-dependencies.ts';

/** What a fork is built from: its origin as far as it counts, and what the fork has taken over before (after a crash). */
export interface ForkSources {
  /** At the newest event that counts. */
  readonly origin: RunState;
  /** At the event that was forked from. */
  readonly atFork: RunState;
  /** How the origin was steered up to the event that was forked from, in order. */
  readonly steerings: readonly { readonly seq: number; readonly atMs: number; readonly changes: RunEventData['run.steered']['changes'] }[];
  /** Frames of the origin whose recordings the fork has used. */
  readonly taken: readonly string[];
  /** How many of the steerings the fork has done. */
  readonly steered: number;
}

/** Who decided and sent what a fork took over: the person of the origin is named behind it. */
const byFork = (by: string) => `fork: ${by}`;

/** Answers a fork from what its origin recorded, with the edits in place of what they replace. */
export function createForkReuse({ runId, reuse, edits }: ForkOrigin, sources: ForkSources): Reuse {
  const { atFork, steerings } = sources;
  // A tool call that had begun counts with what came of it even where that is newer: the effect has happened.
  const { origin } = sources;
  const known = reuse === 'before' ? atFork : origin;
  const finalTools = reuse === 'before' ? toToolsByFrame(origin) : undefined;
  const edited = new Map(edits.flatMap((edit) => ('frame' in edit && edit.type !== 'rerun' ? [[edit.frame, edit] as const] : [])));
  const dropped = edits.flatMap((edit) => (edit.type === 'rerun' ? [edit.frame] : []));
  const isDropped = (frame: string) => dropped.some((root) => frame === root || frame.startsWith(`${root}/`) || isInAttempts(frame, root));
  const endedTurns = toEndedTurns(known);
  const finalOf = (call: ToolCallState) => (call.startedAtMs === null ? call : (finalTools?.get(call.frame) ?? call));

  const recordings = indexRecordings(known, {
    model: (call) => !isDropped(call.frame) && (call.outcome.type === 'completed' || edited.get(call.frame)?.type === 'answer'),
    tool: (call) => !isDropped(call.frame) && (edited.get(call.frame)?.type === 'result' || isWorthReusing(finalOf(call), endedTurns)),
    answer: (approval) =>
      !isDropped(approval.frame) && !isDropped(callFrameOf(approval)) && isAnswerReusable(known, approval, edited.has(approval.frame)),
    wait: (wait) => !isDropped(wait.frame) && (wait.endedAtMs !== null || edited.get(wait.frame)?.type === 'signal'),
  });
  for (const frame of sources.taken)
    for (const index of [recordings.models, recordings.tools, recordings.similarTools]) index.markTaken(frame);
  let steered = sources.steered;

  return {
    modelCall({ frame, requestHash }) {
      const call = recordings.models.take(requestHash, frame, 'anywhere');
      return call === undefined ? undefined : { answer: toAnswer(call), from: { runId, frame: call.frame } };
    },
    toolCall({ frame, tool, arguments: args, argumentsHash }) {
      const exact = recordings.tools.take(argumentsHash, frame, 'node');
      if (exact !== undefined) recordings.similarTools.markTaken(exact.frame);
      const call = exact ?? recordings.similarTools.take(toToolContent(tool, args), frame, 'node');
      if (call === undefined) return undefined;
      if (exact === undefined) recordings.tools.markTaken(call.frame);
      return toReused(finalOf(call));
    },
    answer({ frame, subject }) {
      const approval = recordings.answers.take(toSubjectContent(subject), frame, 'node');
      if (approval === undefined) return undefined;
      const edit = edited.get(approval.frame);
      if (edit?.type === 'decision') return toEditedDecision(edit.decision, approval);
      const { decision } = approval;
      return decision.type === 'open' ? undefined : { ...decision, by: byFork(decision.by) };
    },
    timer({ frame, delayMs }) {
      const wait = recordings.waits.take(toWaitContent(null), frame, 'place');
      // Written down in another millisecond than it was reckoned in, perhaps.
      return wait?.dueAtMs != null && Math.abs(wait.dueAtMs - wait.startedAtMs - delayMs) <= mostReckoningMs;
    },
    signal({ frame, name }) {
      const wait = recordings.waits.take(toWaitContent(name), frame, 'place');
      if (wait === undefined) return undefined;
      const edit = edited.get(wait.frame);
      if (edit?.type === 'signal') return { type: 'received', payload: edit.payload, by: byFork('edited') };
      return wait.outcome.type === 'received'
        ? { type: 'received', payload: wait.outcome.payload, by: byFork(wait.outcome.by) }
        : { type: 'missed' };
    },
    // What hooks say depends on values that may be others now, and asking them costs nothing.
    hook: () => undefined,
    steeringBefore(frame) {
      const due: Steering[] = [];
      for (let next = steerings[steered]; next !== undefined && isLater(atFork, frame, next); next = steerings[steered]) {
        due.push(...next.changes);
        steered += 1;
      }
      return due;
    },
  };

  function toAnswer(call: ModelCallState): ModelAnswer {
    const recorded = call.outcome.type === 'completed' ? call.outcome.answer : nothingSaid;
    const edit = edited.get(call.frame);
    if (edit?.type !== 'answer') return recorded;
    const toolCalls = edit.toolCalls ?? recorded.toolCalls;
    return { ...recorded, text: edit.text ?? recorded.text, toolCalls, finishReason: toolCalls.length > 0 ? 'toolCalls' : 'stop' };
  }

  function toReused(call: ToolCallState): ReusedToolCall | undefined {
    const edit = edited.get(call.frame);
    const from = { runId, frame: call.frame };
    if (edit?.type === 'result') return { type: 'completed', result: edit.result, isTruncated: false, from };
    switch (call.outcome.type) {
      case 'completed':
        return { type: 'completed', result: call.outcome.result, isTruncated: call.outcome.isTruncated, from };
      case 'failed':
        return call.outcome.error.code === 'tool.outcomeUnknown' && call.effect === 'neither'
          ? { type: 'inDoubt' }
          : { type: 'failed', error: call.outcome.error };
      case 'requested':
        return undefined;
      default:
        return { type: 'inDoubt' };
    }
  }
}

const mostReckoningMs = 100;

const nothingSaid: ModelAnswer = { text: '', toolCalls: [], finishReason: 'stop', usage: null, costUsd: null };

/** Whether a frame is in a node or scope that is named without its attempt. */
function isInAttempts(frame: string, root: string): boolean {
  return !root.includes('#') && frame.startsWith(`${root}#`);
}

/** A failure counts when its agent heard of it and went on; one that took its node with it is tried again. A doubt about an effect stays one. */
function isWorthReusing(call: ToolCallState, endedTurns: ReadonlySet<string>): boolean {
  switch (call.outcome.type) {
    case 'completed':
      return true;
    case 'failed':
      if (call.outcome.error.code === 'tool.outcomeUnknown') return call.effect === 'neither';
      return endedTurns.has(call.frame.slice(0, call.frame.lastIndexOf('/')));
    case 'started':
    case 'unknown':
      return call.effect === 'neither';
    case 'requested':
      return false;
  }
}

/** Consent to a tool call is for one effect: when that came about, and is not reused, it is asked for again. */
function isAnswerReusable(state: RunState, approval: ApprovalState, isEdited: boolean): boolean {
  if (isEdited) return true;
  const { decision, subject } = approval;
  if (decision.type === 'open' || (decision.type === 'denied' && decision.by === 'run')) return false;
  if (subject.type !== 'toolCall') return subject.type !== 'outcomeUnknown';
  const { node, attempt } = parseFrame(subject.callFrame);
  const attempts = attemptsOf(findNodeState(state, node));
  const call = callsOf(attempts[attempt - 1] ?? noCalls).find((candidate) => candidate.frame === subject.callFrame);
  return decision.type === 'denied' || (call?.type === 'tool' && call.outcome.type === 'requested');
}

const noCalls = { calls: [], turns: [] } as unknown as Parameters<typeof callsOf>[0];

function callFrameOf({ subject, frame }: ApprovalState): string {
  return 'callFrame' in subject ? subject.callFrame : frame;
}

function toEditedDecision(
  decision: { readonly type: 'granted'; readonly value?: JsonValue | undefined } | { readonly type: 'denied'; readonly reason: string },
  { subject }: ApprovalState,
): Exclude<ApprovalState['decision'], { type: 'open' }> {
  const by = byFork('edited');
  if (decision.type === 'denied') return { type: 'denied', by, reason: decision.reason };
  const asked = 'value' in subject ? subject.value : subject.arguments;
  return { type: 'granted', by, value: decision.value ?? asked, isEdited: decision.value !== undefined };
}

function toEndedTurns(state: RunState): ReadonlySet<string> {
  const ended = new Set<string>();
  for (const { attempt } of walkAttempts(state)) for (const turn of attempt.turns) if (turn.endedAtMs !== null) ended.add(turn.frame);
  return ended;
}

function toToolsByFrame(state: RunState): ReadonlyMap<string, ToolCallState> {
  const tools = new Map<string, ToolCallState>();
  for (const { attempt } of walkAttempts(state)) {
    for (const call of callsOf(attempt)) if (call.type === 'tool' && call.startedAtMs !== null) tools.set(call.frame, call);
  }
  return tools;
}

/** Whether the origin came to this attempt or turn only after it was steered, or not at all. */
function isLater(origin: RunState, frame: string, { seq, atMs }: { readonly seq: number; readonly atMs: number }): boolean {
  const { node, attempt: number, turn } = parseFrame(frame);
  const attempt = attemptsOf(findNodeState(origin, node))[number - 1];
  if (attempt === undefined) return true;
  if (turn === null) return attempt.startedSeq > seq;
  const begun = attempt.turns.find((candidate) => candidate.frame === frame);
  return begun === undefined || (attempt.startedSeq > seq ? true : begun.startedAtMs > atMs);
}

/** Refuses edits that name something the run never recorded, with `request.invalid`, and decisions that nobody could have made there. */
export function checkForkEdits(origin: RunState, edits: ForkOrigin['edits'], checkJson: RunLoopDependencies['checkJson']): void {
  const frames = toFrames(origin);
  for (const edit of edits) {
    if (edit.type === 'workflow' || edit.type === 'inputs') continue;
    if (edit.type === 'rerun') {
      const isThere = [...frames.keys()].some(
        (frame) => frame === edit.frame || frame.startsWith(`${edit.frame}/`) || isInAttempts(frame, edit.frame),
      );
      if (!isThere) throw refusal(edit.frame, 'nothing');
      continue;
    }
    const kinds = frames.get(edit.frame);
    if (kinds?.has(wantedKinds[edit.type]) !== true) throw refusal(edit.frame, `no ${wantedKinds[edit.type]}`);
    if (edit.type === 'decision') checkDecision(origin, edit, checkJson);
  }
}

function checkDecision(
  origin: RunState,
  { frame, decision }: Extract<ForkOrigin['edits'][number], { type: 'decision' }>,
  checkJson: RunLoopDependencies['checkJson'],
): void {
  if (decision.type === 'denied' || decision.value === undefined) return;
  for (const { frame: asked, subject } of Object.values(origin.approvals)) {
    if (asked !== frame || subject.type === 'outcomeUnknown') continue;
    const { schemaToFit } = checkGrant(subject, decision.value);
    if (schemaToFit !== undefined) requireFit(checkJson, schemaToFit, decision.value);
  }
}

const wantedKinds = { answer: 'model call', result: 'tool call', decision: 'question', signal: 'wait for a signal' } as const;

function refusal(frame: string, what: string): HeddleError {
  return new HeddleError(
    'request.invalid',
    `The run has ${what} at “${frame}” before the event that it is forked from on. Look at its events for the frames there are.`,
    { details: { frame } },
  );
}

type FrameKind = (typeof wantedKinds)[keyof typeof wantedKinds] | 'attempt';

function toFrames(state: RunState): ReadonlyMap<string, ReadonlySet<FrameKind>> {
  const frames = new Map<string, Set<FrameKind>>();
  const add = (frame: string, kind: FrameKind) => frames.set(frame, (frames.get(frame) ?? new Set()).add(kind));
  for (const { attempt } of walkAttempts(state)) {
    add(attempt.frame, 'attempt');
    for (const turn of attempt.turns) add(turn.frame, 'attempt');
    for (const call of callsOf(attempt)) add(call.frame, call.type === 'model' ? 'model call' : 'tool call');
    for (const wait of attempt.waits) if (isSignalWait(wait)) add(wait.frame, 'wait for a signal');
    for (const scope of attempt.scopes) add(scope.path, 'attempt');
  }
  for (const { frame } of Object.values(state.approvals)) add(frame, 'question');
  return frames;
}

function isSignalWait({ signal }: WaitState): boolean {
  return signal !== null;
}
