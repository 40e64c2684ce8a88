import type { ChatMessage, ModelRequest } from '../run/message.ts';
import { callsOf } from '../run/reduce-calls.ts';
import type { AttemptState, ModelCallState } from '../run/state.ts';

/** The whole request of a model call as it was sent, put together from the calls of its attempt that it builds on. */
export function toSentRequest(attempt: AttemptState, call: ModelCallState): ModelRequest {
  const byFrame = new Map(callsOf(attempt).flatMap((other) => (other.type === 'model' ? [[other.frame, other] as const] : [])));
  const { baseFrame: _base, keptMessages: _kept, tools, messages: _messages, ...settings } = call.request;
  return { ...settings, messages: listMessages(call, byFrame), tools: tools ?? findTools(call, byFrame) };
}

function listMessages(call: ModelCallState, byFrame: ReadonlyMap<string, ModelCallState>): ChatMessage[] {
  // Walks back to the first call, then lays the pieces in order; each piece covers what the later ones do not keep.
  const pieces: (readonly ChatMessage[])[] = [];
  let kept = Number.POSITIVE_INFINITY;
  for (let current: ModelCallState | undefined = call; current !== undefined && kept > 0; current = baseOf(current, byFrame)) {
    const { keptMessages, messages } = current.request;
    pieces.push(kept > keptMessages ? messages.slice(0, kept - keptMessages) : []);
    kept = Math.min(kept, keptMessages);
  }
  return pieces.reverse().flat();
}

function findTools(call: ModelCallState, byFrame: ReadonlyMap<string, ModelCallState>): ModelRequest['tools'] {
  for (let current: ModelCallState | undefined = call; current !== undefined; current = baseOf(current, byFrame)) {
    if (current.request.tools !== null) return current.request.tools;
  }
  return [];
}

function baseOf(call: ModelCallState, byFrame: ReadonlyMap<string, ModelCallState>): ModelCallState | undefined {
  return call.request.baseFrame === null ? undefined : byFrame.get(call.request.baseFrame);
}
