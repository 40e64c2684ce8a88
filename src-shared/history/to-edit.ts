import type { WorkflowDocument } from '../workflow/document.ts';
import { toEdits } from '../workflow/document-diff.ts';
import type { WorkflowEdit } from '../workflow/edit.ts';
import { applyEdit } from '../workflow/edits.ts';
import { isSameValue } from './same-value.ts';

/** An edit that turns one document into another, exactly; null when they are the same. As small as can be said. */
export function toEdit(before: WorkflowDocument, after: WorkflowDocument): WorkflowEdit | null {
  if (isSameValue(before, after)) return null;
  try {
    const edit = toEdits(before, after);
    if (isSameValue(applyEdit(before, edit), after)) return edit;
  } catch {
    // Ids that stand twice, for example: what cannot be said piece by piece is said as a whole.
  }
  return { type: 'replaceDocument', document: after };
}
