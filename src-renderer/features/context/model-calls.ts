import type { Segment } from '#shared/context/segments.ts';
import { toSegments } from '#shared/context/segments.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import type { AttemptState, ModelCallState, RunState } from '#shared/run/state.ts';
import { walkAttempts } from '#shared/run/walk-attempts.ts';
import { toPlaceWords } from '../../state/scope-words.ts';

/** A model call of a run, with where it is. */
export interface PlacedCall {
  readonly address: string;
  readonly attempt: AttemptState;
  readonly call: ModelCallState;
}

/** Every model call of a run, in the order of their start. */
export function listModelCalls(state: RunState): readonly PlacedCall[] {
  const calls: PlacedCall[] = [];
  for (const { address, attempt } of walkAttempts(state)) {
    for (const call of callsOf(attempt)) if (call.type === 'model') calls.push({ address, attempt, call });
  }
  return calls.sort((a, b) => a.call.startedAtMs - b.call.startedAtMs);
}

/**
 * The call to look at: the selected frame if it is one; otherwise the last within what is selected (an attempt, turn or node), or of the run
 * when nothing is selected. Undefined when there is none.
 */
export function chooseCall(calls: readonly PlacedCall[], frame: string | null, node: string | null): PlacedCall | undefined {
  if (frame !== null) {
    const exact = calls.find(({ call }) => call.frame === frame);
    return (
      exact ??
      calls.findLast(({ call }) => call.frame.startsWith(`${frame}/`)) ??
      calls.findLast(({ address }) => address === nodeOf(frame))
    );
  }
  return node === null ? calls.at(-1) : calls.findLast(({ address }) => address === node);
}

/** What a call is named with among others of a run: `Writer · attempt 2 · turn 3`. */
export function toCallWords(state: RunState, { address, attempt, call }: PlacedCall): string {
  const { turn } = parseFrame(call.frame);
  const nth =
    callsOf(attempt)
      .filter(({ type }) => type === 'model')
      .indexOf(call) + 1;
  const parts = [
    toPlaceWords(state, address),
    ...(attempt.attempt > 1 ? [`attempt ${attempt.attempt}`] : []),
    ...(turn === null ? (nth > 1 ? [`call ${nth}`] : []) : [`turn ${turn}`]),
  ];
  return parts.join(' · ');
}

export function segmentsOf(state: RunState, { address, attempt, call }: PlacedCall): readonly Segment[] {
  return toSegments(state, address, attempt, call);
}

function nodeOf(frame: string): string | null {
  return frame.includes('#') ? parseFrame(frame).node : null;
}
