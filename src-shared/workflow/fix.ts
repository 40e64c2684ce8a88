import type { WorkflowDocument } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import type { Problem } from './problem.ts';
import type { WorkflowCatalogue } from './validation-subject.ts';

/** What fixes may choose from. */
export interface FixWorld extends WorkflowCatalogue {
  /** What new nodes get; taken where its provider is set up. */
  readonly defaultModel: string;
  /** Models by their full names, `provider/model`. */
  readonly models: readonly string[];
}

/** A way out of a problem: an edit, or a workflow file to be made first, whose path then goes into the edit. */
export type Fix =
  | { readonly type: 'edit'; readonly title: string; readonly edit: WorkflowEdit }
  | {
      readonly type: 'newWorkflow';
      readonly title: string;
      readonly document: WorkflowDocument;
      readonly toEdit: (path: string) => WorkflowEdit;
    };

/** Finds ways out of problems of one code, the best first. */
export type Fixer = (document: WorkflowDocument, problem: Problem, world: FixWorld) => readonly Fix[];
