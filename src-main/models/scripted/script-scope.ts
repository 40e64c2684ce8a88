import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { ModelRequest } from '#shared/run/message.ts';

/** The result of a tool call as a script sees it. `json` is the parsed text when that is a JSON object or list, else null. */
export interface ScriptedResult {
  readonly name: string;
  readonly callId: string;
  readonly arguments: JsonValue;
  readonly text: string;
  readonly json: JsonValue;
  readonly isError: boolean;
}

/** What a request looks like to a script: computed once, asked by every condition and expression. */
export interface ScriptView {
  readonly system: string;
  readonly lastUser: string;
  readonly allText: string;
  /** How many times the model has spoken in this conversation. */
  readonly turn: number;
  readonly results: readonly ScriptedResult[];
  /** The tools whose results came since the model spoke last. */
  readonly freshTools: ReadonlySet<string>;
  readonly offeredTools: readonly string[];
  /** The names that expressions may use. */
  readonly scope: JsonObject;
}

/** The view of a request. */
export function toScriptView(request: ModelRequest): ScriptView {
  const texts = (role: 'system' | 'user') => request.messages.filter((message) => message.role === role).map((message) => message.text);
  const system = texts('system').join('\n');
  const lastUser = texts('user').at(-1) ?? '';
  const turn = request.messages.filter((message) => message.role === 'assistant').length;
  const results = listResults(request);
  const lastSpoke = request.messages.findLastIndex((message) => message.role === 'assistant');
  const fresh = request.messages.slice(lastSpoke + 1).flatMap((message) => (message.role === 'tool' ? [message.name] : []));
  const offeredTools = request.tools.map((tool) => tool.name);
  const byTool = Object.fromEntries(
    [...offeredTools, ...results.map((result) => result.name)].map((name) => [name, results.filter((result) => result.name === name)]),
  );
  const messages = request.messages.map((message) => ({ role: message.role, text: message.text }));
  const scope = {
    request: { model: request.model, system, lastUser, turn, offers: offeredTools, messages },
    turn,
    tools: byTool,
    results,
    last: results.at(-1) ?? noResult,
  } as unknown as JsonObject;
  return {
    system,
    lastUser,
    turn,
    results,
    offeredTools,
    scope,
    freshTools: new Set(fresh),
    allText: messages.map((message) => message.text).join('\n'),
  };
}

const noResult: ScriptedResult = { name: '', callId: '', arguments: {}, text: '', json: null, isError: false };

function listResults(request: ModelRequest): ScriptedResult[] {
  const argumentsById = new Map<string, JsonValue>();
  const results: ScriptedResult[] = [];
  for (const message of request.messages) {
    if (message.role === 'assistant') for (const call of message.toolCalls) argumentsById.set(call.id, call.arguments);
    if (message.role !== 'tool') continue;
    const { callId, name, text, isError } = message;
    results.push({ name, callId, text, isError, arguments: argumentsById.get(callId) ?? {}, json: tryParseStructure(text) });
  }
  return results;
}

function tryParseStructure(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
