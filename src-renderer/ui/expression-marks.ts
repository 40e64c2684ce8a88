import { HeddleError } from '#shared/base/errors.ts';
import { compileExpression } from '#shared/workflow/expression.ts';
import { splitTemplate, type TemplatePart } from '#shared/workflow/template.ts';
import type { ExpressionForm } from './completion.ts';

/** A stretch of the text as it is drawn: plain, or an expression, which may be wrong. */
export interface Mark {
  readonly text: string;
  readonly type: 'text' | 'expression' | 'wrong';
}

/** The text in stretches for drawing, and what is wrong with its first wrong expression. The stretches joined are the text. */
export function markExpressions(
  source: string,
  form: ExpressionForm,
): { readonly marks: readonly Mark[]; readonly problem: string | null } {
  if (form === 'expression') {
    const problem = source.trim() === '' ? null : findProblem(source);
    return { marks: [{ text: source, type: problem === null ? 'expression' : 'wrong' }], problem };
  }
  let parts: readonly TemplatePart[];
  try {
    parts = splitTemplate(source);
  } catch (thrown) {
    return { marks: markUnclosed(source, thrown), problem: toWords(thrown) };
  }
  let problem: string | null = null;
  const marks = parts.map((part): Mark => {
    if (part.type === 'text') return { text: part.text, type: 'text' };
    const wrong = findProblem(part.source);
    problem ??= wrong;
    return { text: `{{${part.source}}}`, type: wrong === null ? 'expression' : 'wrong' };
  });
  return { marks, problem };
}

function findProblem(source: string): string | null {
  try {
    compileExpression(source);
    return null;
  } catch (thrown) {
    return toWords(thrown);
  }
}

function toWords(thrown: unknown): string {
  if (!(thrown instanceof HeddleError)) throw thrown;
  return thrown.message;
}

function markUnclosed(source: string, thrown: unknown): readonly Mark[] {
  const start = thrown instanceof HeddleError ? Number(thrown.details?.start ?? 0) : 0;
  return [
    { text: source.slice(0, start), type: 'text' },
    { text: source.slice(start), type: 'wrong' },
  ];
}
