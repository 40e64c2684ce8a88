import { listCompensations } from '#shared/run/compensations.ts';
import { scopeOf } from '#shared/run/frame.ts';
import { findGraph, type GraphView, openerAddress } from '#shared/run/node-states.ts';
import { toRunGraph } from '#shared/run/run-graph.ts';
import type { RunState } from '#shared/run/state.ts';

const none: ReadonlyMap<string, number> = new Map();

/**
 * The order in which the nodes of a scope's graph are undone, from 1: for the nodes that undo, and for those they undo. Empty while
 * nothing is. What a scope did may be undone by the graph around it, and is then counted there.
 */
export function toUndoOrder(run: RunState, scope: string): ReadonlyMap<string, number> {
  const saga = findSaga(run, scope);
  const graph = findGraph(run, scope);
  if (saga === null || graph === undefined) return none;
  const places = toRunGraph(graph.workflow);
  return new Map(
    listCompensations(run, saga.scope, saga.graph).flatMap(({ address, node }, index) => {
      if (scopeOf(address) !== scope) return [];
      const undone = places.get(node.node.id)?.compensates;
      return [[node.node.id, index + 1] as const, ...(undone == null ? [] : [[undone, index + 1] as const])];
    }),
  );
}

/** The innermost graph around a scope, or its own, that undoes or has undone what it did. */
function findSaga(run: RunState, scope: string): { readonly scope: string; readonly graph: GraphView } | null {
  for (let at = scope; ; at = scopeOf(openerAddress(at))) {
    const graph = findGraph(run, at);
    if (graph !== undefined && graph.saga !== null) return { scope: at, graph };
    if (at === '') return null;
  }
}
