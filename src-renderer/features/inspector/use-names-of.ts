import { useMemo } from 'react';
import type { InspectorField } from '#shared/nodes/kind.ts';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import { toReference } from '#shared/workflow/reference.ts';
import { useWorkflowAt } from '../../state/workflow-at.ts';
import type { ExpressionName } from '../../ui/completion.ts';
import { listExtraNames } from './extra-names.ts';

/** What the expressions of a field may say: what its kind adds for this field first, then what all fields of the node know. */
export function useNamesOf(field: InspectorField, node: WorkflowNode, names: readonly ExpressionName[]): readonly ExpressionName[] {
  const { document } = useWorkflowAt(toReference(node));
  return useMemo(() => {
    const extra = listExtraNames(node.kind, field.key, document);
    return extra.length === 0 ? names : [...extra, ...names];
  }, [field.key, node.kind, document, names]);
}
