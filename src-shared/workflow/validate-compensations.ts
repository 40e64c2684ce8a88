import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { viewNode } from './node-view.ts';
import type { Problem } from './problem.ts';
import { type Subject, toLabel } from './validation-subject.ts';

/** By the id of each compensation, the node whose work it undoes: the first that names it. */
export function toUndoneBy(document: WorkflowDocument): ReadonlyMap<string, WorkflowNode> {
  const undoneBy = new Map<string, WorkflowNode>();
  for (const node of document.nodes)
    if (node.compensation !== undefined && !undoneBy.has(node.compensation)) undoneBy.set(node.compensation, node);
  return undoneBy;
}

/**
 * What is wrong with compensations. Each must be another node of the document that can run, outside the forward flow: it has no edges,
 * undoes one node only, and is not itself undone.
 */
export function checkCompensations({ document, nodes, undoneBy }: Subject): Problem[] {
  const touched = new Set(document.edges.flatMap((edge) => [edge.from.node, edge.to.node]));
  return document.nodes.flatMap((node): Problem[] => {
    if (node.compensation === undefined) return [];
    const at = (code: string, message: string): Problem[] => [{ code, severity: 'error', node: node.id, port: null, message }];
    const compensation = nodes.get(node.compensation);
    if (compensation === undefined)
      return at(
        'compensation.missing',
        `${toLabel(node)} is to be undone by “${node.compensation}”, which is not there. Choose another node, or none.`,
      );
    if (compensation === node) return at('compensation.itself', `${toLabel(node)} cannot undo itself. Choose another node, or none.`);
    const view = viewNode(compensation);
    if (view.type !== 'unknownKind' && !view.kind.isExecutable)
      return at(
        'compensation.notExecutable',
        `${toLabel(node)} is to be undone by ${toLabel(compensation)}, which does nothing. Choose a node that can run.`,
      );
    const first = undoneBy.get(compensation.id);
    return [
      ...(touched.has(compensation.id)
        ? at(
            'compensation.connected',
            `${toLabel(compensation)} undoes ${toLabel(node)}, so it runs only then and may have no edges. Remove its edges, or choose another node.`,
          )
        : []),
      ...(first !== undefined && first !== node
        ? at(
            'compensation.shared',
            `${toLabel(compensation)} undoes ${toLabel(first)} already. Give ${toLabel(node)} a compensation of its own, a copy of it for example.`,
          )
        : []),
      ...(compensation.compensation !== undefined
        ? at(
            'compensation.undone',
            `${toLabel(compensation)} undoes ${toLabel(node)} and is itself to be undone. What was undone is not done again; remove its own compensation.`,
          )
        : []),
    ];
  });
}
