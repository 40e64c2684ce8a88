import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { type GraphView, nodeIn } from '#shared/run/node-states.ts';
import type { AttemptState } from '#shared/run/state.ts';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import { evaluateExpression, listReferences } from '#shared/workflow/expression.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import { toExpressionScope } from '#shared/workflow/scope.ts';

/** How many items a map's attempt works on, computed as the host did from what it saw; null when that gives no list. */
export function countItems(graph: GraphView, node: WorkflowNode, attempt: AttemptState): number | null {
  const known = counts.get(attempt.inputs);
  if (known?.node === node) return known.count;
  const count = evaluateCount(graph, node, attempt);
  counts.set(attempt.inputs, { node, count });
  return count;
}

/** By the inputs of the attempt, which stay the same object as long as the attempt does. */
const counts = new WeakMap<JsonObject, { readonly node: WorkflowNode; readonly count: number | null }>();

function evaluateCount(graph: GraphView, node: WorkflowNode, attempt: AttemptState): number | null {
  const view = viewNode(node);
  if (view.type !== 'valid' || typeof view.config.items !== 'string') return null;
  try {
    const names = listReferences(view.config.items).map(({ root }) => root);
    const upstream = names.flatMap((name) => {
      const state = name === 'inputs' ? undefined : nodeIn(graph, name);
      if (state === undefined) return [];
      const isBefore = state.status === 'succeeded' && (state.settledSeq ?? 0) < attempt.startedSeq;
      return [[name, isBefore ? state.outputs : null] as const];
    });
    const scope = toExpressionScope(Object.fromEntries(upstream), attempt.inputs, view.ports.inputs);
    const items = evaluateExpression(view.config.items, scope);
    return Array.isArray(items) ? items.length : null;
  } catch (thrown) {
    // The expression was refused; the run says so itself.
    if (thrown instanceof HeddleError) return null;
    throw thrown;
  }
}
