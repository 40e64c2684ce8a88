import type { WorkflowNode } from './document.ts';
import { viewNode } from './node-view.ts';

/** The path of the workflow that a node runs; empty when it runs none, none was chosen, or its config cannot be read. */
export function toReference(node: WorkflowNode): string {
  const view = viewNode(node);
  return view.type === 'valid' ? (view.kind.workflowReference?.(view.config) ?? '') : '';
}
