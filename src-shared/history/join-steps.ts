import type { WorkflowEdit } from '../workflow/edit.ts';
import type { StepEdits } from './state.ts';

/** Two steps as one. When the later edit overwrites what the earlier did, only it is kept, so that typing stays cheap. */
export function joinSteps(earlier: StepEdits, later: StepEdits): StepEdits {
  if (overwrites(later.edit, earlier.edit)) return { edit: later.edit, inverse: earlier.inverse };
  return { edit: toBatch(earlier.edit, later.edit), inverse: toBatch(later.inverse, earlier.inverse) };
}

/** Two edits as one, after each other, without nesting batches deeper with each. */
function toBatch(first: WorkflowEdit, second: WorkflowEdit): WorkflowEdit {
  return { type: 'batch', edits: [...toParts(first), ...toParts(second)] };
}

function toParts(edit: WorkflowEdit): readonly WorkflowEdit[] {
  return edit.type === 'batch' ? edit.edits : [edit];
}

/** Whether nothing is left of the earlier edit once the later one is done. */
function overwrites(later: WorkflowEdit, earlier: WorkflowEdit): boolean {
  switch (later.type) {
    case 'changeConfig':
    case 'renameNode':
    case 'changePolicy':
      return earlier.type === later.type && earlier.node === later.node;
    case 'moveNodes':
      return (
        earlier.type === 'moveNodes' &&
        earlier.positions.length === later.positions.length &&
        earlier.positions.every(({ node }, index) => later.positions[index]?.node === node)
      );
    case 'changeDetails':
      return earlier.type === 'changeDetails' && Object.keys(earlier).every((key) => key in later);
    case 'changeHooks':
    case 'changeGroups':
    case 'changeComments':
      return earlier.type === later.type;
    case 'replaceDocument':
      return true;
    default:
      return false;
  }
}
