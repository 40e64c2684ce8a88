import { HeddleError } from '../base/errors.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { buildGraph } from './graph.ts';
import type { Problem } from './problem.ts';
import { checkCompensations, toUndoneBy } from './validate-compensations.ts';
import { checkEdges } from './validate-edges.ts';
import { checkExpressions } from './validate-expressions.ts';
import { checkFlow } from './validate-flow.ts';
import { checkGroups } from './validate-groups.ts';
import { checkHooks } from './validate-hooks.ts';
import { checkNodes } from './validate-nodes.ts';
import type { Subject, WorkflowCatalogue } from './validation-subject.ts';

/**
 * Everything that is wrong with a document, in the order of its nodes and edges. Errors keep it from running, warnings do
 * not; what is wrong with a disabled node is only a warning. Linear in the size of the document; runs while you type.
 */
export function validateWorkflow(document: WorkflowDocument, catalogue: WorkflowCatalogue): Problem[] {
  const nodes = new Map<string, WorkflowNode>();
  for (const node of document.nodes) if (!nodes.has(node.id)) nodes.set(node.id, node);
  const subject: Subject = { document, nodes, graph: buildGraph(document), undoneBy: toUndoneBy(document), catalogue };
  return [
    ...checkNodes(subject),
    ...checkEdges(subject),
    ...checkExpressions(subject),
    ...checkFlow(subject),
    ...checkCompensations(subject),
    ...checkHooks(subject),
    ...checkGroups(subject),
  ].map((problem) =>
    problem.severity === 'error' && problem.node !== null && problem.code !== 'workflow.cycle' && nodes.get(problem.node)?.disabled === true
      ? { ...problem, severity: 'warning' }
      : problem,
  );
}

/**
 * Refuses a document whose errors keep it from running (`workflow.invalid`), whatever tools and providers the machine has. Only errors of the
 * nodes that `concerns` count, and with null those of none.
 */
export function refuseInvalid(document: WorkflowDocument, concerns: (node: string | null) => boolean = () => true): void {
  const errors = validateWorkflow(document, { tools: null, providers: null }).filter(
    ({ severity, node }) => severity === 'error' && concerns(node),
  );
  if (errors.length === 0) return;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  throw new HeddleError('workflow.invalid', `“${document.name}” cannot run: ${errors[0]?.message ?? ''}${more}`, {
    details: { problems: errors.slice(0, 50) as never },
  });
}
