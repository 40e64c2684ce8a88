import { z } from 'zod';
import { type JsonValue, toCanonicalJson } from '../base/json.ts';
import type { ChatMessage, ModelRequest } from './message.ts';
import { type DiffPart, diffWords } from './word-diff.ts';

export const diffPartSchema: z.ZodType<DiffPart> = z.strictObject({ type: z.enum(['same', 'removed', 'added']), text: z.string() });

/** Which part of a request to a model differs from that of another. */
export const requestChangeSchema = z.strictObject({
  /** `message` is a text of the prompt or of a person, `answer` one of the model's own, `toolResult` what a tool gave. */
  part: z.enum(['model', 'settings', 'tools', 'message', 'answer', 'toolResult', 'arguments', 'question', 'wait']),
  /** In words: “the system message”, “the result of look (call 3)”. */
  label: z.string(),
  diff: z.array(diffPartSchema).readonly(),
});
export type RequestChange = z.infer<typeof requestChangeSchema>;

/** Everything in which a request differs from an earlier one, in the order of the request. Empty when they are equal. */
export function listRequestChanges(before: ModelRequest, after: ModelRequest): readonly RequestChange[] {
  const { model: modelBefore, messages: messagesBefore, tools: toolsBefore, ...settingsBefore } = before;
  const { model, messages, tools, ...settings } = after;
  return [
    ...change('model', 'the model', modelBefore, model),
    ...change('settings', 'the settings', toText(settingsBefore), toText(settings)),
    ...change('tools', 'the tools offered', toText(toolsBefore), toText(tools)),
    ...listMessageChanges(messagesBefore, messages),
  ];
}

function listMessageChanges(before: readonly ChatMessage[], after: readonly ChatMessage[]): readonly RequestChange[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => {
    const was = before[index];
    const is = after[index];
    const shown = is ?? was;
    return shown === undefined
      ? []
      : change(toPart(shown), toLabel(shown, index), was && toMessageText(was), is && toMessageText(is), isEqual(was, is));
  }).flat();
}

function isEqual(a: ChatMessage | undefined, b: ChatMessage | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && toText(a) === toText(b));
}

function change(
  part: RequestChange['part'],
  label: string,
  before: string | undefined,
  after: string | undefined,
  isSame = before === after,
): readonly RequestChange[] {
  return isSame ? [] : [{ part, label, diff: diffWords(before ?? '', after ?? '') }];
}

function toPart({ role }: ChatMessage): RequestChange['part'] {
  return role === 'tool' ? 'toolResult' : role === 'assistant' ? 'answer' : 'message';
}

function toLabel(message: ChatMessage, index: number): string {
  switch (message.role) {
    case 'system':
      return 'the system message';
    case 'user':
      return `message ${index + 1}, from the user`;
    case 'assistant':
      return `message ${index + 1}, the model’s own`;
    case 'tool':
      return `message ${index + 1}, the result of ${message.name}`;
  }
}

function toMessageText(message: ChatMessage): string {
  if (message.role !== 'assistant' || message.toolCalls.length === 0) return message.text;
  return [message.text, ...message.toolCalls.map((call) => `${call.name} ${call.rawArguments}`)].filter((line) => line !== '').join('\n');
}

function toText(value: unknown): string {
  return toCanonicalJson(value as JsonValue);
}
