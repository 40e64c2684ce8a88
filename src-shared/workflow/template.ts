import type { JsonObject, JsonValue } from '../base/json.ts';
import { compileExpression, evaluateExpression, toExpressionError } from './expression.ts';

/** A piece of a template; `start` is where it (for expressions: the CEL between the braces) begins in the source. */
export type TemplatePart =
  | { readonly type: 'text'; readonly text: string; readonly start: number }
  | { readonly type: 'expression'; readonly source: string; readonly start: number };

/** Splits a text into plain pieces and `{{ }}` expressions, compiling each; throws `expression.invalid`. To write `{{` itself: `{{ "{{" }}`. */
export function parseTemplate(source: string): readonly TemplatePart[] {
  const parts = splitTemplate(source);
  for (const part of parts) if (part.type === 'expression') compileExpression(part.source);
  return parts;
}

/** As `parseTemplate`, but the expressions may be wrong; only a `{{` without end is refused. */
export function splitTemplate(source: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (let open = source.indexOf('{{'); open !== -1; open = source.indexOf('{{', at)) {
    if (open > at) parts.push({ type: 'text', text: source.slice(at, open), start: at });
    const close = findClose(source, open + 2);
    if (close === -1)
      throw toExpressionError('expression.invalid', source, '“{{” is never closed; write “}}” after the expression', open, source.length);
    parts.push({ type: 'expression', source: source.slice(open + 2, close), start: open + 2 });
    at = close + 2;
  }
  if (at < source.length) parts.push({ type: 'text', text: source.slice(at), start: at });
  return parts;
}

/** The text with every expression replaced by its value: texts as they are, null as nothing, everything else as JSON. */
export function renderTemplate(source: string, scope: JsonObject): string {
  return splitTemplate(source)
    .map((part) => (part.type === 'text' ? part.text : toInsertedText(evaluateExpression(part.source, scope))))
    .join('');
}

/** A template that is one expression and nothing else gives the value itself; any other gives its text. */
function renderTemplateValue(source: string, scope: JsonObject): JsonValue {
  const parts = splitTemplate(source);
  const [only] = parts;
  return parts.length === 1 && only?.type === 'expression' ? evaluateExpression(only.source, scope) : renderTemplate(source, scope);
}

/** A JSON value in which every text is a template, rendered: the arguments of a tool node. */
export function renderTemplatesIn(value: JsonValue, scope: JsonObject): JsonValue {
  if (typeof value === 'string') return renderTemplateValue(value, scope);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => renderTemplatesIn(item, scope));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderTemplatesIn(item as JsonValue, scope)]));
}

/** A value as a template writes it: texts as they are, null as nothing, everything else as JSON. */
export function toInsertedText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}

/** Where the `}}` of an expression stands: not inside a text, and not the end of a `{…}` literal. */
function findClose(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === '"' || character === "'") {
      const end = skipText(source, at, character);
      if (end === -1) return -1;
      at = end;
    } else if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth > 0) depth -= 1;
      else if (source.charAt(at + 1) === '}') return at;
    }
  }
  return -1;
}

/** The index of the quote that closes the text opened at `at`, or -1. */
function skipText(source: string, at: number, quote: string): number {
  const closing = source.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  for (let index = at + closing.length; index < source.length; index += 1) {
    if (source.charAt(index) === '\\') index += 1;
    else if (source.startsWith(closing, index)) return index + closing.length - 1;
  }
  return -1;
}
