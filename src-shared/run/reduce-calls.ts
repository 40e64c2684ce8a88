import { replaced } from '../base/replaced.ts';
import { parseFrame } from './frame.ts';
import type { AttemptState, CallState } from './state.ts';

/** The attempt with one more call, placed in the turn its frame names or directly below the attempt. */
export function withNewCall(attempt: AttemptState, call: CallState): AttemptState {
  return withCalls(attempt, call.frame, (calls) => [...calls, call]);
}

/** The attempt with the call of this frame changed. Throws when there is none. */
export function withCall(attempt: AttemptState, frame: string, change: (call: CallState) => CallState): AttemptState {
  return withCalls(attempt, frame, (calls) => {
    const index = calls.findLastIndex((call) => call.frame === frame);
    const call = calls[index];
    if (call === undefined) throw new Error(`No call ${frame}`);
    return replaced(calls, index, change(call));
  });
}

/** All calls of an attempt in the order they were asked for. */
export function callsOf(attempt: AttemptState): readonly CallState[] {
  return [...attempt.calls, ...attempt.turns.flatMap((turn) => turn.calls)];
}

function withCalls(attempt: AttemptState, frame: string, change: (calls: readonly CallState[]) => readonly CallState[]): AttemptState {
  const { turn: number } = parseFrame(frame);
  if (number === null) return { ...attempt, calls: change(attempt.calls) };
  const index = attempt.turns.findLastIndex((turn) => turn.turn === number);
  const turn = attempt.turns[index];
  if (turn === undefined) throw new Error(`No turn for ${frame}`);
  return { ...attempt, turns: replaced(attempt.turns, index, { ...turn, calls: change(turn.calls) }) };
}
