import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { ForkEdit } from '#shared/run/fork-origin.ts';
import type { CallState } from '#shared/run/state.ts';

/** What the dialog's field for a call begins with: the answer's text, or the result as JSON (a text as itself). */
export function toCallText(call: CallState): string {
  if (call.outcome.type !== 'completed') return '';
  if (call.type === 'model') return 'answer' in call.outcome ? call.outcome.answer.text : '';
  const result = 'result' in call.outcome ? call.outcome.result : null;
  return typeof result === 'string' ? result : JSON.stringify(result, null, 2);
}

/** True for a call that has an answer or result to edit. */
export function isEditable(call: CallState): boolean {
  return call.outcome.type === 'completed';
}

/** The edit of a call as it is sent; undefined when nothing was changed. A result that was JSON must be JSON again. */
export function readCallEdit(call: CallState, text: string): { readonly edit?: ForkEdit; readonly problem?: string } {
  if (text === toCallText(call)) return {};
  if (call.type === 'model') return { edit: { type: 'answer', frame: call.frame, text } };
  const before = call.outcome.type === 'completed' && 'result' in call.outcome ? call.outcome.result : null;
  if (typeof before === 'string') return { edit: { type: 'result', frame: call.frame, result: text } };
  const result = readJson(text);
  return result === undefined ? { problem: 'This is not JSON.' } : { edit: { type: 'result', frame: call.frame, result } };
}

/** The inputs that were changed; a problem when they are no JSON object. */
export function readInputsEdit(inputs: JsonObject, text: string): { readonly edit?: ForkEdit; readonly problem?: string } {
  const value = readJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'This is not a JSON object.' };
  const record = value as JsonObject;
  const changed = Object.entries(record).filter(([name, given]) => toCanonicalJson(given) !== toCanonicalJson(inputs[name] ?? null));
  return changed.length === 0 ? {} : { edit: { type: 'inputs', inputs: Object.fromEntries(changed) } };
}

function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
