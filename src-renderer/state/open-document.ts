import type { ErrorInfo } from '#shared/base/errors.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { applyEdit, invertEdit } from '#shared/workflow/edits.ts';
import type { UnsavedCopy } from './unsaved-copies.ts';

/** One thing that can be undone: what was done, and what leads back. */
export interface UndoStep {
  /** What was done, as the undo button says it: `Move Writer`. */
  readonly label: string;
  readonly edit: WorkflowEdit;
  readonly inverse: WorkflowEdit;
  /** Steps of the same group that follow each other become one: the letters typed into one field. */
  readonly group: string | null;
}

/** A workflow that is open for editing. What is not yet on disk is what differs from `saved`. */
export interface OpenDocument {
  readonly path: string;
  readonly document: WorkflowDocument;
  /** What the host last acknowledged, and the name of that text. */
  readonly saved: WorkflowDocument;
  readonly revision: string;
  readonly undo: readonly UndoStep[];
  readonly redo: readonly UndoStep[];
  readonly isSaving: boolean;
  /** Why edits stay unsaved: the file changed outside, or the host refused. */
  readonly trouble: { readonly type: 'conflict' } | { readonly type: 'refused'; readonly error: ErrorInfo } | null;
  /** Edits of an earlier window that never reached the disk, until the user takes or leaves them. */
  readonly recovered: UnsavedCopy | null;
}

/** More steps than this are forgotten, the oldest first. */
const mostUndoSteps = 500;

/** A document as the host has just given it. */
export function toOpenDocument(opened: {
  readonly path: string;
  readonly revision: string;
  readonly document: WorkflowDocument;
}): OpenDocument {
  const { path, revision, document } = opened;
  return { path, document, saved: document, revision, undo: [], redo: [], isSaving: false, trouble: null, recovered: null };
}

export function isDirty(open: OpenDocument): boolean {
  return open.document !== open.saved;
}

/** The document after an edit that can be undone. Throws `workflow.invalid` when the edit cannot be applied. */
export function withEdit(open: OpenDocument, edit: WorkflowEdit, label: string, group: string | null = null): OpenDocument {
  const document = applyEdit(open.document, edit);
  const step: UndoStep = { label, edit, inverse: invertEdit(open.document, edit), group };
  const last = open.undo.at(-1);
  const isContinued = group !== null && last?.group === group && open.redo.length === 0;
  const undo = isContinued ? [...open.undo.slice(0, -1), joinSteps(last, step)] : [...open.undo, step].slice(-mostUndoSteps);
  return { ...open, document, undo, redo: [] };
}

/** What comes next is a step of its own, even in the same group: a field has lost the focus. */
export function withGroupEnded(open: OpenDocument): OpenDocument {
  const last = open.undo.at(-1);
  return last === undefined || last.group === null ? open : { ...open, undo: [...open.undo.slice(0, -1), { ...last, group: null }] };
}

/** The document as before its last step; unchanged when there is none. */
export function withUndo(open: OpenDocument): OpenDocument {
  const step = open.undo.at(-1);
  if (step === undefined) return open;
  return {
    ...open,
    document: applyEdit(open.document, step.inverse),
    undo: open.undo.slice(0, -1),
    redo: [...open.redo, { ...step, group: null }],
  };
}

/** The document after the step that was undone last; unchanged when there is none. */
export function withRedo(open: OpenDocument): OpenDocument {
  const step = open.redo.at(-1);
  if (step === undefined) return open;
  return { ...open, document: applyEdit(open.document, step.edit), undo: [...open.undo, step], redo: open.redo.slice(0, -1) };
}

/** The document after the host has written `document` as `revision`; edits made meanwhile stay unsaved. */
export function withSaved(open: OpenDocument, document: WorkflowDocument, revision: string): OpenDocument {
  return { ...open, saved: document, revision, isSaving: false, trouble: null };
}

/** The document as the file now is; going back to what stood here before is one undo away. */
export function withReloaded(open: OpenDocument, document: WorkflowDocument, revision: string): OpenDocument {
  const current = { ...open, saved: document, revision, isSaving: false, trouble: null };
  const edit = toReplacement(open.document, document);
  try {
    return { ...withEdit(current, edit, 'Reload from disk'), document };
  } catch {
    // A document with repeated ids cannot be edited as a whole; then the way back is only in the file's own history.
    return { ...current, document, undo: [], redo: [] };
  }
}

/** The edit that turns one document into another as a whole. */
export function toReplacement(before: WorkflowDocument, after: WorkflowDocument): WorkflowEdit {
  const { name, description, labels, metadata, hooks, groups } = after;
  return {
    type: 'batch',
    edits: [
      { type: 'removeNodes', nodes: before.nodes.map((node) => node.id) },
      {
        type: 'restore',
        nodes: after.nodes.map((node, index) => ({ index, node })),
        edges: after.edges.map((edge, index) => ({ index, edge })),
      },
      { type: 'changeDetails', name, description: description ?? null, labels: labels ?? null, metadata: metadata ?? null },
      { type: 'changeHooks', hooks: hooks ?? null },
      { type: 'changeGroups', groups: groups ?? null },
    ],
  };
}

/** Two steps as one. When the later edit overwrites what the earlier did, only it is kept, so that typing stays cheap. */
function joinSteps(earlier: UndoStep, later: UndoStep): UndoStep {
  if (overwrites(later.edit, earlier.edit)) return { ...earlier, edit: later.edit };
  return {
    ...earlier,
    edit: { type: 'batch', edits: [earlier.edit, later.edit] },
    inverse: { type: 'batch', edits: [later.inverse, earlier.inverse] },
  };
}

function overwrites(later: WorkflowEdit, earlier: WorkflowEdit): boolean {
  switch (later.type) {
    case 'changeConfig':
    case 'renameNode':
    case 'changePolicy':
      return earlier.type === later.type && earlier.node === later.node;
    case 'changeDetails':
      return earlier.type === 'changeDetails' && Object.keys(earlier).every((key) => key in later);
    case 'changeHooks':
      return earlier.type === 'changeHooks';
    case 'changeGroups':
      return earlier.type === 'changeGroups';
    default:
      return false;
  }
}
