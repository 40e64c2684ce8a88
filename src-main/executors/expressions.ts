import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { evaluateCondition, evaluateExpression, listReferences } from '#shared/workflow/expression.ts';
import { renderTemplate, renderTemplatesIn, splitTemplate } from '#shared/workflow/template.ts';
import type { NodeContext } from '../runtime/executor.ts';

/** The value of a node's expression over what it may see, and `more` by name. */
export function evaluateIn(context: NodeContext, source: string, more: JsonObject = {}): JsonValue {
  return evaluateExpression(source, { ...context.scopeOf(namesIn(source)), ...more });
}

/** Whether a node's condition holds. */
export function holdsIn(context: NodeContext, source: string, more: JsonObject = {}): boolean {
  return evaluateCondition(source, { ...context.scopeOf(namesIn(source)), ...more });
}

/** A node's template as text. */
export function renderIn(context: NodeContext, template: string): string {
  return renderTemplate(template, context.scopeOf(namesInTemplate(template)));
}

/** A value whose texts are all templates, rendered; a text that is one `{{ }}` and nothing else becomes the value itself. */
export function renderAllIn(context: NodeContext, value: JsonValue, more: JsonObject = {}): JsonValue {
  return renderTemplatesIn(value, { ...context.scopeOf(namesInValue(value)), ...more });
}

function namesIn(source: string): string[] {
  return listReferences(source).map((reference) => reference.root);
}

function namesInTemplate(template: string): string[] {
  return splitTemplate(template).flatMap((part) => (part.type === 'expression' ? namesIn(part.source) : []));
}

function namesInValue(value: JsonValue): string[] {
  if (typeof value === 'string') return namesInTemplate(value);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item) => namesInValue(item as JsonValue));
}
