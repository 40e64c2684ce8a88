import { findKind } from '#shared/nodes/registry.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';

/** The nodes that can undo this one: others that run, have no edges, undo nothing else and are not undone. Its present choice is always among them. */
export function listUndoChoices(document: WorkflowDocument, node: WorkflowNode): readonly { readonly id: string; readonly name: string }[] {
  const touched = new Set(document.edges.flatMap(({ from, to }) => [from.node, to.node]));
  const taken = new Set(
    document.nodes.flatMap(({ id, compensation }) => (id === node.id || compensation === undefined ? [] : [compensation])),
  );
  const fits = ({ id, kind, compensation }: WorkflowNode) =>
    id !== node.id &&
    findKind(kind)?.isExecutable !== false &&
    kind !== 'input' &&
    kind !== 'output' &&
    compensation === undefined &&
    !touched.has(id) &&
    !taken.has(id);
  const found = document.nodes
    .filter((candidate) => candidate.id === node.compensation || fits(candidate))
    .map(({ id, name }) => ({ id, name: name || id }));
  const { compensation } = node;
  return compensation === undefined || found.some(({ id }) => id === compensation)
    ? found
    : [...found, { id: compensation, name: `${compensation} (missing)` }];
}
