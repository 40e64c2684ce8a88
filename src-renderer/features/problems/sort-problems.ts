import type { Problem } from '#shared/workflow/problem.ts';

/** Errors before warnings, otherwise in the order of the document. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
}
