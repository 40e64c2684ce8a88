import { HeddleError } from '#shared/base/errors.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import type { AttemptState, CallState, ModelCallState, ToolCallState } from '#shared/run/state.ts';

/**
 * The calls that an attempt had recorded when its executor was started (again), to be taken each once by their content.
 * A request that fits none of the calls still open in its place means that the executor now asks for something else than it did:
 * that is refused with `run.replayMiss` and the nearest recording, never answered with another call's result.
 */
export interface RecordedCalls {
  takeModelCall(requestHash: string, turnFrame: string | undefined): ModelCallState | undefined;
  takeToolCall(argumentsHash: string, turnFrame: string | undefined): ToolCallState | undefined;
  /** How often this content was asked for before, in this attempt. */
  countOf(contentHash: string): number;
}

export function createRecordedCalls(attempt: AttemptState): RecordedCalls {
  // Made when the first is asked for: many attempts call nobody.
  let open: Set<CallState> | undefined;
  let asked: Map<string, number> | undefined;

  function take<Type extends CallState['type']>(
    type: Type,
    hash: string,
    turnFrame: string | undefined,
  ): Extract<CallState, { type: Type }> | undefined {
    open ??= new Set(callsOf(attempt));
    asked ??= new Map();
    asked.set(hash, (asked.get(hash) ?? 0) + 1);
    if (open.size === 0) return undefined;
    const inPlace = [...open].filter((call) => call.type === type && parentOf(call.frame) === (turnFrame ?? attempt.frame));
    const match = inPlace.find((call) => hashOf(call) === hash);
    if (match === undefined) {
      const nearest = inPlace[0];
      if (nearest !== undefined) throw replayMiss(nearest, hash);
      return undefined;
    }
    open.delete(match);
    return match as Extract<CallState, { type: Type }>;
  }

  return {
    takeModelCall: (hash, turnFrame) => take('model', hash, turnFrame),
    takeToolCall: (hash, turnFrame) => take('tool', hash, turnFrame),
    countOf: (hash) => asked?.get(hash) ?? 0,
  };
}

function hashOf(call: CallState): string {
  return call.type === 'model' ? call.requestHash : call.argumentsHash;
}

function parentOf(frame: string): string {
  return frame.slice(0, frame.lastIndexOf('/'));
}

function replayMiss(nearest: CallState, hash: string): HeddleError {
  const what = nearest.type === 'model' ? `a request to ${nearest.request.model}` : `a call of ${nearest.tool}`;
  return new HeddleError(
    'run.replayMiss',
    `The journal has ${what} at ${nearest.frame}, but the node now asks for something else. The workflow or this build changed since; start the run anew.`,
    { details: { nearestFrame: nearest.frame, recordedHash: hashOf(nearest), askedHash: hash } },
  );
}
