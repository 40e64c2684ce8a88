import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { compileExpression } from './expression.ts';
import { splitTemplate, toInsertedText } from './template.ts';

/** What an expression comes to with these values: something, nothing because values are missing, or an error. */
export type TriedExpression =
  | { readonly type: 'value'; readonly value: JsonValue }
  | { readonly type: 'missing'; readonly names: readonly string[] }
  | { readonly type: 'failed'; readonly message: string };

/** A stretch of a rendered template: its own words, a value in the place of an expression, or why there is none. */
export type TriedPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'value'; readonly text: string; readonly source: string }
  | { readonly type: 'missing'; readonly names: readonly string[]; readonly source: string }
  | { readonly type: 'failed'; readonly message: string; readonly source: string };

/** Tries an expression with values that may not hold all it speaks of. Never throws for what the expression says. */
export function tryExpression(source: string, values: JsonObject): TriedExpression {
  try {
    const { references, evaluate } = compileExpression(source);
    const missing = references.filter(({ root, member }) => isMissing(values, root, member));
    if (missing.length > 0) {
      const names = missing.map(({ root, member }) => (member === null || !Object.hasOwn(values, root) ? root : `${root}.${member}`));
      return { type: 'missing', names: [...new Set(names)] };
    }
    return { type: 'value', value: evaluate(values) };
  } catch (thrown) {
    if (!(thrown instanceof HeddleError)) throw thrown;
    return { type: 'failed', message: thrown.message };
  }
}

/** Tries a template, each expression by itself: one that fails leaves the others. Of a `{{` without end there is one failed part. */
export function tryTemplate(source: string, values: JsonObject): readonly TriedPart[] {
  try {
    return splitTemplate(source).map((part): TriedPart => {
      if (part.type === 'text') return { type: 'text', text: part.text };
      const tried = tryExpression(part.source, values);
      const expression = part.source.trim();
      return tried.type === 'value'
        ? { type: 'value', text: toInsertedText(tried.value), source: expression }
        : { ...tried, source: expression };
    });
  } catch (thrown) {
    if (!(thrown instanceof HeddleError)) throw thrown;
    return [{ type: 'failed', message: thrown.message, source }];
  }
}

/** Null stands for a node that was skipped, which is a value; what is not there at all nobody knows. */
function isMissing(values: JsonObject, root: string, member: string | null): boolean {
  if (!Object.hasOwn(values, root)) return true;
  const value = values[root];
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return member !== null && isRecord && !Object.hasOwn(value, member);
}
