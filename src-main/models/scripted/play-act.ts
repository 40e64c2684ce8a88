import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { ModelAnswer, ModelDelta, ModelRequest, RequestedToolCall, TokenUsage } from '#shared/run/message.ts';
import { parseArguments } from '../wire/tool-call-assembly.ts';
import { type ScriptedAct, type ScriptedCall, type ScriptedFailure, scriptedFailures } from './script.ts';
import { compileScriptExpression, renderScriptTemplates, toScriptText } from './script-expressions.ts';
import type { ScriptView } from './script-scope.ts';

/** The answer that an act gives to a request. Pure: the same act and request give the same answer. */
export function toScriptedAnswer(act: ScriptedAct, view: ScriptView, request: ModelRequest): ModelAnswer {
  const text = toText(act, view.scope);
  const toolCalls = (act.call ?? [])
    .flatMap((call) => toCalls(call, view.scope))
    .map((call, index) => ({ id: `call_${view.turn + 1}_${index + 1}`, ...call }));
  return {
    text,
    toolCalls,
    finishReason: act.finish ?? (toolCalls.length > 0 ? 'toolCalls' : 'stop'),
    usage: toUsage(act, request, text, toolCalls),
    costUsd: null,
  };
}

/** What streams while an answer is made: text in pieces of `pieceLength` characters, then the calls. */
export function toDeltas(answer: ModelAnswer, pieceLength: number): ModelDelta[] {
  return [
    ...splitText(answer.text, pieceLength).map((text): ModelDelta => ({ type: 'text', text })),
    ...answer.toolCalls.flatMap((call, index): ModelDelta[] => [
      { type: 'toolCallStarted', index, id: call.id, name: call.name },
      ...splitText(call.rawArguments, pieceLength).map((fragment): ModelDelta => ({ type: 'toolCallArguments', index, fragment })),
      { type: 'toolCallCompleted', index },
    ]),
  ];
}

/** The refusal that a scripted failure stands for. */
export function toScriptedFailure(fail: ScriptedFailure, model: string): HeddleError {
  const isRetryable = !['unauthorized', 'badRequest', 'contextTooLong'].includes(fail.code);
  return new HeddleError(scriptedFailures[fail.code], fail.message ?? `The script “${model}” plays the failure ${fail.code}.`, {
    isRetryable,
    details: { provider: 'scripted', model },
    ...(fail.retryAfterMs === undefined ? {} : { retryAfterMs: fail.retryAfterMs }),
  });
}

function toText(act: ScriptedAct, scope: JsonObject): string {
  if (act.json !== undefined) return JSON.stringify(renderScriptTemplates(act.json, scope));
  const say = Array.isArray(act.say) ? act.say.join('\n') : (act.say ?? '');
  return toScriptText(renderScriptTemplates(say, scope));
}

function toCalls(call: ScriptedCall, scope: JsonObject): Omit<RequestedToolCall, 'id'>[] {
  return toItemScopes(call, scope)
    .filter((itemScope) => call.if === undefined || compileScriptExpression(call.if)(itemScope) === true)
    .map((itemScope) => {
      if (call.rawArguments !== undefined)
        return { name: call.tool, arguments: parseArguments(call.rawArguments), rawArguments: call.rawArguments };
      const args = renderScriptTemplates(call.arguments ?? {}, itemScope) as JsonObject;
      return { name: call.tool, arguments: args, rawArguments: JSON.stringify(args) };
    });
}

function toItemScopes(call: ScriptedCall, scope: JsonObject): JsonObject[] {
  if (call.forEach === undefined) return [scope];
  const items = compileScriptExpression(call.forEach)(scope);
  if (!Array.isArray(items))
    throw new HeddleError('expression.failed', `forEach must give a list, this gave ${JSON.stringify(items).slice(0, 100)}`);
  return items.map((item: JsonValue) => ({ ...scope, [call.as ?? 'item']: item }));
}

/** Four characters to a token: close enough for estimates in Latin scripts, and the same every time. */
function toUsage(act: ScriptedAct, request: ModelRequest, text: string, toolCalls: readonly RequestedToolCall[]): TokenUsage | null {
  if (act.usage === null) return null;
  if (act.usage !== undefined)
    return { inputTokens: act.usage.input, outputTokens: act.usage.output, cachedInputTokens: act.usage.cached ?? 0 };
  const toTokens = (characters: number) => Math.ceil(characters / 4);
  const written = text.length + toolCalls.reduce((total, call) => total + call.name.length + call.rawArguments.length, 0);
  const read = request.messages.reduce(
    (total, message) => total + message.text.length + (message.role === 'assistant' ? JSON.stringify(message.toolCalls).length : 0),
    0,
  );
  const offered = request.tools.length === 0 ? 0 : JSON.stringify(request.tools).length;
  return { inputTokens: toTokens(read + offered), outputTokens: toTokens(written), cachedInputTokens: 0 };
}

function splitText(text: string, pieceLength: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += pieceLength) pieces.push(characters.slice(at, at + pieceLength).join(''));
  return pieces;
}
