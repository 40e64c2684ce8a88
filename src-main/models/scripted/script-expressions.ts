import { TypeError as CelTypeError, Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import type { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { chargeEvaluation, withBudget } from '#shared/workflow/cel-budget.ts';
import { maskSelectors, unmaskSelectors } from '#shared/workflow/cel-selectors.ts';
import { CelValueError, fromCelValue, toCelValue } from '#shared/workflow/cel-values.ts';
import { toExpressionError } from '#shared/workflow/expression.ts';
import { splitTemplate } from '#shared/workflow/template.ts';
import { textFunctions } from './text-functions.ts';

/** CEL over the names of a script's scope, with the functions for text; throws `expression.invalid` when it is not valid. */
export function compileScriptExpression(source: string): (scope: JsonObject) => JsonValue {
  const found = compiled.get(source);
  if (found !== undefined) return found;
  const expression = compile(source);
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(source, expression);
  return expression;
}

/** Checks every `{{ }}` in the texts of a JSON value; throws `expression.invalid`. */
export function checkScriptTemplates(value: JsonValue): void {
  if (typeof value === 'string') {
    for (const part of splitTemplate(value)) if (part.type === 'expression') compileScriptExpression(part.source);
  } else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) checkScriptTemplates(item as JsonValue);
}

/** A JSON value whose texts are templates: a text that is one expression and nothing else gives the value itself, any other its text. */
export function renderScriptTemplates(value: JsonValue, scope: JsonObject): JsonValue {
  if (typeof value === 'string') return renderText(value, scope);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => renderScriptTemplates(item, scope));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderScriptTemplates(item as JsonValue, scope)]));
}

/** A value as it stands in a text: null as nothing, what is not text as JSON. */
export function toScriptText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}

const compiled = new Map<string, (scope: JsonObject) => JsonValue>();
const maxCompiled = 2_000;

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 10_000 },
});
for (const { signature, handler } of textFunctions) environment.registerFunction(signature, handler as (...args: unknown[]) => unknown);
environment.registerFunction('parseJson(string): dyn', (text: string) => toCelValue(tryParse(text), { units: 0 }));
environment.registerFunction('toJson(dyn): string', (value: unknown) => JSON.stringify(fromCelValue(value)));

function compile(source: string): (scope: JsonObject) => JsonValue {
  try {
    const { masked, positions } = maskSelectors(source);
    const program = environment.parse(masked);
    unmaskSelectors(program.ast, positions);
    const checked = program.check();
    if (!checked.valid) throw checked.error;
    chargeEvaluation(program.ast);
    return (scope) => {
      try {
        const weight = { units: 0 };
        const names = toCelValue(scope, weight) as Record<string, unknown>;
        return fromCelValue(withBudget(weight.units, () => program(names)));
      } catch (thrown) {
        throw toRefusal('expression.failed', source, thrown);
      }
    };
  } catch (thrown) {
    throw toRefusal('expression.invalid', source, thrown);
  }
}

function renderText(source: string, scope: JsonObject): JsonValue {
  const parts = splitTemplate(source).map((part) => (part.type === 'text' ? part.text : compileScriptExpression(part.source)(scope)));
  return parts.length === 1 ? (parts[0] ?? '') : parts.map(toScriptText).join('');
}

function toRefusal(code: 'expression.invalid' | 'expression.failed', source: string, thrown: unknown): HeddleError | unknown {
  if (thrown instanceof ParseError || thrown instanceof EvaluationError || thrown instanceof CelTypeError) {
    return toExpressionError(code, source, thrown.summary, thrown.range?.start ?? 0, thrown.range?.end ?? source.length);
  }
  if (thrown instanceof CelValueError) return toExpressionError(code, source, `a value ${thrown.message}`, 0, source.length);
  if (thrown instanceof RangeError)
    return toExpressionError(code, source, `it is too large to compute (${thrown.message})`, 0, source.length);
  return thrown;
}

function tryParse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
