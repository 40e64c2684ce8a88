import { HeddleError } from '../base/errors.ts';
import type { WorkflowDocument } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import { applyEdit } from './edits.ts';
import type { Fix, Fixer, FixWorld } from './fix.ts';
import { edgeFixers } from './fix-edges.ts';
import { expressionFixers } from './fix-expressions.ts';
import { flowFixers } from './fix-flow.ts';
import { nodeFixers } from './fix-nodes.ts';
import { refuseLocked } from './lock.ts';
import type { Problem } from './problem.ts';
import { validateWorkflow } from './validation.ts';

const fixers: Readonly<Record<string, Fixer>> = { ...nodeFixers, ...edgeFixers, ...expressionFixers, ...flowFixers };

/** The ways out of a problem, the best first; only those that can be applied to the document as it is. */
export function listFixes(document: WorkflowDocument, problem: Problem, world: FixWorld): readonly Fix[] {
  const fixer = Object.hasOwn(fixers, problem.code) ? fixers[problem.code] : undefined;
  return fixer === undefined
    ? []
    : fixer(document, problem, world).filter((fix) => fix.type !== 'edit' || isApplicable(document, fix.edit));
}

/** All problems of a code fixed the best way, one after the other, as one edit; null when fewer than two could be. */
export function fixAllOfKind(
  document: WorkflowDocument,
  code: string,
  world: FixWorld,
): { readonly edit: WorkflowEdit; readonly count: number } | null {
  const edits: WorkflowEdit[] = [];
  let current = document;
  let left = countOf(current, code, world);
  // A fix that leaves as many problems of the kind as before is taken back: it would be offered again for ever.
  for (let tried = 0; tried < left.length && edits.length < mostFixes; ) {
    const problem = left[tried] as Problem;
    const fix = listFixes(current, problem, world).find((candidate) => candidate.type === 'edit');
    const after = fix === undefined ? current : applyEdit(current, fix.edit);
    const rest = fix === undefined ? left : countOf(after, code, world);
    if (fix === undefined || rest.length >= left.length) {
      tried += 1;
      continue;
    }
    edits.push(fix.edit);
    current = after;
    left = rest;
  }
  return edits.length < 2 ? null : { edit: { type: 'batch', edits }, count: edits.length };
}

const mostFixes = 200;

function countOf(document: WorkflowDocument, code: string, world: FixWorld): readonly Problem[] {
  return validateWorkflow(document, world).filter((problem) => problem.code === code);
}

function isApplicable(document: WorkflowDocument, edit: WorkflowEdit): boolean {
  try {
    refuseLocked(document, edit);
    applyEdit(document, edit);
    return true;
  } catch (thrown) {
    if (thrown instanceof HeddleError) return false;
    throw thrown;
  }
}
