import { HeddleError } from '../base/errors.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { WorkflowEdit } from './edit.ts';

/**
 * Refuses what a person may not do while a node is locked: move, change or delete it (`workflow.invalid`). Asked before an edit is
 * made, not by `applyEdit`: undoing, and references that follow another node's new id, go past the lock.
 */
export function refuseLocked(document: WorkflowDocument, edit: WorkflowEdit): void {
  const locked = new Map(document.nodes.flatMap((node) => (node.locked === true ? [[node.id, node] as const] : [])));
  if (locked.size > 0) walk(edit, locked);
}

/** A batch may unlock a node first. */
function walk(edit: WorkflowEdit, locked: Map<string, WorkflowNode>): void {
  if (edit.type === 'batch') {
    for (const part of edit.edits) walk(part, locked);
    return;
  }
  if (edit.type === 'setLocked') {
    if (edit.locked !== true) locked.delete(edit.node);
    return;
  }
  const [first, ...more] = listTouched(edit).flatMap((id) => locked.get(id) ?? []);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new HeddleError('workflow.invalid', `“${first.name || first.id}”${others} is locked. Unlock it first.`);
}

function listTouched(edit: Exclude<WorkflowEdit, { type: 'batch' | 'setLocked' }>): readonly string[] {
  switch (edit.type) {
    case 'removeNodes':
      return edit.nodes;
    case 'moveNodes':
      return edit.positions.map(({ node }) => node);
    case 'changeConfig':
    case 'changeKind':
    case 'renameNode':
    case 'changeNodeId':
    case 'changePolicy':
    case 'setDisabled':
    case 'changeNodeDetails':
      return [edit.node];
    default:
      return [];
  }
}
