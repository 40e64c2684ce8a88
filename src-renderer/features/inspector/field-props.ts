import type { JsonValue } from '#shared/base/json.ts';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import type { ExpressionName } from '../../ui/completion.ts';
import type { Trial } from './trial.ts';

/** What every kind of field is given. */
export interface FieldProps {
  readonly label: string;
  readonly help: string | undefined;
  readonly value: JsonValue | undefined;
  /** What validation says of this field. */
  readonly problem: string | null;
  readonly names: readonly ExpressionName[];
  /** With what its expressions can be tried; null while nothing is recorded or pinned. */
  readonly trial: Trial | null;
  /** The node that the field belongs to, and the file it is in. */
  readonly node: WorkflowNode;
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: JsonValue | undefined) => void;
}
