import { parseFrame, parseScopePath, scopeOf, toAddress } from './frame.ts';
import { attemptsOf, type GraphView, listNodeStates, viewScope } from './node-states.ts';
import type { AttemptState, NodeState, RunState } from './state.ts';

/** An attempt with where it is. */
export interface PlacedAttempt {
  readonly address: string;
  readonly node: NodeState;
  readonly attempt: AttemptState;
}

/** Every attempt of a run: those of a graph in the order of its document, what a node ran inside behind the node's own. */
export function* walkAttempts(state: RunState): Iterable<PlacedAttempt> {
  const graphs: { readonly path: string; readonly graph: GraphView }[] = [{ path: '', graph: state }];
  for (let next = graphs.pop(); next !== undefined; next = graphs.pop()) {
    for (const [id, node] of listNodeStates(next.graph)) {
      for (const attempt of attemptsOf(node)) {
        yield { address: toAddress(next.path, id), node, attempt };
        for (const scope of attempt.scopes) graphs.push({ path: scope.path, graph: viewScope(state, scope) });
      }
    }
  }
}

/** Where a frame is, whichever attempt it took to get there: `each#2/i3/work#1/c1` is at `each/i3/work`. */
export function toPlace(frame: string): string {
  const { node } = parseFrame(frame);
  const scope = scopeOf(node);
  if (scope === '') return node;
  const steps = parseScopePath(scope).map((step) => `${step.node}/i${step.index}`);
  return [...steps, node.slice(scope.length + 1)].join('/');
}

/** The node of the document that a place belongs to, whichever item or round it is: `each/i3/work` is `each/work`. */
export function toNodePath(place: string): string {
  return place.replaceAll(/\/i\d+(?=\/)/g, '');
}

/** What is below the attempt in a frame: `/t2/m1`. */
export function toSuffix(frame: string): string {
  const { node, attempt } = parseFrame(frame);
  return frame.slice(`${node}#${attempt}`.length);
}

/** The attempt that a frame is in or below. */
export function toAttemptOf(frame: string): string {
  return frame.slice(0, frame.length - toSuffix(frame).length);
}
