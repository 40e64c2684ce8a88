import type { JsonObject } from '../base/json.ts';
import { findKind } from '../nodes/registry.ts';
import { toAddress } from './frame.ts';
import { attemptsOf, type GraphView, listNodeStates, nodeIn, openScopesOf, viewScope } from './node-states.ts';
import { type GraphNode, toRunGraph } from './run-graph.ts';
import type { NodeState, RunState } from './state.ts';

/** A completed node that names a compensation, and how that stands. */
export interface Compensation {
  /** The node that undoes. */
  readonly address: string;
  readonly node: GraphNode;
  readonly state: NodeState;
  /** When the node to undo had settled: the last is undone first. */
  readonly settledSeq: number;
  /** What the node to undo had given, as the inputs of the one that undoes it. */
  readonly inputs: JsonObject;
}

/** Everything in a graph that can be undone, also in what its maps, loops and subflows ran, the last completed first. */
export function listCompensations(state: RunState, scopePath: string, graph: GraphView): readonly Compensation[] {
  const found: Compensation[] = [];
  const graphs: { readonly path: string; readonly graph: GraphView }[] = [{ path: scopePath, graph }];
  for (let next = graphs.pop(); next !== undefined; next = graphs.pop()) {
    const { path, graph: view } = next;
    const places = toRunGraph(view.workflow);
    for (const [id, node] of listNodeStates(view)) {
      // What another run did is not this one's to undo.
      const compensation = node.status === 'succeeded' && node.given === undefined ? places.get(id)?.compensation : null;
      const undoing = compensation == null ? undefined : places.get(compensation);
      const undoingState = undoing === undefined ? undefined : nodeIn(view, undoing.node.id);
      if (node.status === 'succeeded' && undoing !== undefined && undoingState !== undefined) {
        found.push({
          address: toAddress(path, undoing.node.id),
          node: undoing,
          state: undoingState,
          settledSeq: node.settledSeq,
          inputs: toUndoInputs(undoing, node.outputs),
        });
        // What the node ran inside is undone by its own compensation, as one.
        continue;
      }
      // What undid something is not undone.
      if (places.get(id)?.compensates != null) continue;
      for (const scope of attemptsOf(node).flatMap((attempt) => attempt.scopes)) {
        // A scope that undid itself when it failed has nothing left to undo.
        if (scope.saga === null) graphs.push({ path: scope.path, graph: viewScope(state, scope) });
      }
    }
  }
  return found.sort((a, b) => b.settledSeq - a.settledSeq);
}

/** The compensations of every graph that is being undone at this moment. */
export function listUndoing(state: RunState): readonly Compensation[] {
  const found: Compensation[] = [];
  const graphs: { readonly path: string; readonly graph: GraphView }[] = [{ path: '', graph: state }];
  for (let next = graphs.pop(); next !== undefined; next = graphs.pop()) {
    const { path, graph } = next;
    if (graph.saga?.status === 'compensating') found.push(...listCompensations(state, path, graph));
    for (const [, node] of listNodeStates(graph)) {
      for (const scope of openScopesOf(node)) graphs.push({ path: scope.path, graph: viewScope(state, scope) });
    }
  }
  return found;
}

/** The outputs go to the first input port; one alone goes as itself. */
function toUndoInputs({ node }: GraphNode, outputs: JsonObject): JsonObject {
  const kind = findKind(node.kind);
  const config = kind?.configSchema.safeParse(node.config);
  const port = config?.success === true ? kind?.ports(config.data).inputs[0]?.name : undefined;
  if (port === undefined) return {};
  const [first, ...more] = Object.values(outputs);
  return { [port]: more.length === 0 ? (first ?? null) : outputs };
}
