import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { ApprovalSubject } from '#shared/run/events.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import type { ApprovalState, ModelCallState, RunState, ToolCallState, WaitState } from '#shared/run/state.ts';
import { toNodePath, toPlace, toSuffix, walkAttempts } from '#shared/run/walk-attempts.ts';
import { toContentHash } from './content-hash.ts';

/** A call, answer or wait as it was recorded, with what decides how near it is to one that is asked for now. */
export interface Recording<Kept> {
  readonly kept: Kept;
  readonly frame: string;
  /** Its node, whichever attempts led to it, see `toPlace`. */
  readonly place: string;
  /** The node of the document, whichever item or round it is in. */
  readonly nodePath: string;
  readonly suffix: string;
  /** Later attempts are worth more: what they recorded is what held in the end. */
  readonly attemptSeq: number;
  /** False for what ended badly or not at all: it counts less than what came to a good end. */
  readonly isGood: boolean;
}

/** How far from its own place a recording may be taken. */
export type Reach = 'place' | 'node' | 'anywhere';

/**
 * Everything that a run got from outside, to be found again by content. Each recording is taken once. Those of equal content at the same
 * place go first, then those at the same node of the document in another item or round, then all others; among them what a later attempt
 * recorded, because that held in the end, then the same frame below the attempt, then what came to a good end.
 */
export interface RecordingIndex<Kept> {
  take(content: string, frame: string, reach: Reach): Kept | undefined;
  /** Takes the recording of this frame, so that nobody else gets it. */
  markTaken(frame: string): void;
  /** The recordings at the same node, nearest first, taken or not. */
  near(frame: string): readonly Kept[];
}

function createRecordingIndex<Kept>(recordings: readonly (Recording<Kept> & { readonly content: string })[]): RecordingIndex<Kept> {
  const byContent = Map.groupBy(recordings, ({ content }) => content);
  const byNodePath = Map.groupBy(recordings, ({ nodePath }) => nodePath);
  const byFrame = new Map(recordings.map((recording) => [recording.frame, recording]));
  const taken = new Set<Recording<Kept>>();

  return {
    take(content, frame, reach) {
      const open = (byContent.get(content) ?? []).filter((recording) => !taken.has(recording));
      const nearest = pickNearest(open, frame, reach);
      if (nearest !== undefined) taken.add(nearest);
      return nearest?.kept;
    },
    markTaken(frame) {
      const recording = byFrame.get(frame);
      if (recording !== undefined) taken.add(recording);
    },
    near(frame) {
      const all = byNodePath.get(toNodePath(toPlace(frame))) ?? [];
      return [...all].sort(toNearerFirst(frame)).map(({ kept }) => kept);
    },
  };
}

function pickNearest<Kept>(open: readonly Recording<Kept>[], frame: string, reach: Reach): Recording<Kept> | undefined {
  if (open.length === 0) return undefined;
  const place = toPlace(frame);
  const sorted = [...open].sort(toNearerFirst(frame));
  const here = sorted.find((recording) => recording.place === place);
  if (here !== undefined || reach === 'place') return here;
  const nodePath = toNodePath(place);
  return sorted.find((recording) => recording.nodePath === nodePath) ?? (reach === 'anywhere' ? sorted[0] : undefined);
}

function toNearerFirst(frame: string): (a: Recording<unknown>, b: Recording<unknown>) => number {
  const place = toPlace(frame);
  const suffix = toSuffix(frame);
  const isHere = (recording: Recording<unknown>) => Number(recording.place === place);
  const isSame = (recording: Recording<unknown>) => Number(recording.suffix === suffix);
  return (a, b) => isHere(b) - isHere(a) || b.attemptSeq - a.attemptSeq || isSame(b) - isSame(a) || Number(b.isGood) - Number(a.isGood);
}

/** What a run recorded, one index for each way of asking. */
export interface Recordings {
  readonly models: RecordingIndex<ModelCallState>;
  /** By tool, arguments and the caller's id of the call. */
  readonly tools: RecordingIndex<ToolCallState>;
  /** By tool and arguments alone. */
  readonly similarTools: RecordingIndex<ToolCallState>;
  readonly answers: RecordingIndex<ApprovalState>;
  readonly waits: RecordingIndex<WaitState>;
}

/** Indexes what is in a run's state. `keep` says what of it counts. */
export function indexRecordings(
  state: RunState,
  keep: {
    readonly model: (call: ModelCallState) => boolean;
    readonly tool: (call: ToolCallState) => boolean;
    readonly answer: (approval: ApprovalState) => boolean;
    readonly wait: (wait: WaitState) => boolean;
  },
): Recordings {
  const models: (Recording<ModelCallState> & { content: string })[] = [];
  const tools: (Recording<ToolCallState> & { content: string })[] = [];
  const similar: (Recording<ToolCallState> & { content: string })[] = [];
  const waits: (Recording<WaitState> & { content: string })[] = [];
  const attemptSeqs = new Map<string, number>();
  for (const { attempt } of walkAttempts(state)) {
    const seq = attempt.startedSeq;
    attemptSeqs.set(attempt.frame, seq);
    for (const call of callsOf(attempt)) {
      const isGood = call.outcome.type === 'completed';
      if (call.type === 'model') {
        if (keep.model(call)) models.push({ ...toRecording(call, call.frame, seq, isGood), content: call.requestHash });
      } else if (keep.tool(call)) {
        const recording = toRecording(call, call.frame, seq, isGood);
        tools.push({ ...recording, content: call.argumentsHash });
        similar.push({ ...recording, content: toToolContent(call.tool, askedOf(state, call)) });
      }
    }
    for (const wait of attempt.waits) {
      if (keep.wait(wait)) waits.push({ ...toRecording(wait, wait.frame, seq, true), content: toWaitContent(wait.signal) });
    }
  }
  const answers = Object.values(state.approvals).flatMap((approval) =>
    keep.answer(approval)
      ? [{ ...toRecording(approval, approval.frame, 0, approval.decision.type !== 'open'), content: toSubjectContent(approval.subject) }]
      : [],
  );
  return {
    models: createRecordingIndex(models),
    tools: createRecordingIndex(tools),
    similarTools: createRecordingIndex(similar),
    answers: createRecordingIndex(answers),
    waits: createRecordingIndex(waits),
  };
}

function toRecording<Kept>(kept: Kept, frame: string, attemptSeq: number, isGood: boolean): Recording<Kept> {
  const place = toPlace(frame);
  return { kept, frame, place, nodePath: toNodePath(place), suffix: toSuffix(frame), attemptSeq, isGood };
}

/** What was asked for, also where a person changed it before it was done. */
function askedOf(state: RunState, call: ToolCallState): JsonValue {
  const subject = call.approvalId === null ? undefined : state.approvals[call.approvalId]?.subject;
  return subject?.type === 'toolCall' ? subject.arguments : call.arguments;
}

/** The content of a tool call, whoever asked for it. */
export function toToolContent(tool: string, args: JsonValue): string {
  return toContentHash({ tool, arguments: args });
}

/** What a person was asked, wherever that was. */
export function toSubjectContent(subject: ApprovalSubject): string {
  const { callFrame: _place, ...content } = subject as ApprovalSubject & { readonly callFrame?: string };
  return toCanonicalJson(content as JsonObject);
}

/** What is waited for: a time, or a signal of a name. */
export function toWaitContent(signal: string | null): string {
  return signal === null ? 'timer' : `signal ${signal}`;
}
