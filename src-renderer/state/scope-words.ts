import { openerOf, parseScopePath, scopeOf, toAttemptFrame, toScopePath } from '#shared/run/frame.ts';
import { attemptsOf, findGraph, findNodeState, findScope, openerAddress, toNodeName } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';

/** One step of the way from the run down to a scope. `scope` is where it leads. */
export interface Crumb {
  readonly scope: string;
  readonly words: string;
}

/** What a scope is called where its opener is named beside it: `item 3`, `round 2`, or the subflow's workflow. Counted from 1. */
export function toScopeWords(state: RunState, path: string): string {
  const number = toScopeIndex(path) + 1;
  switch (toOpenerKind(state, path)) {
    case 'map':
      return `item ${number}`;
    case 'loop':
      return `round ${number}`;
    default:
      return findGraph(state, path)?.workflow.name ?? `#${number}`;
  }
}

/** The index of the innermost scope of a path, from 0. */
function toScopeIndex(path: string): number {
  return Number(path.slice(path.lastIndexOf('/i') + 2));
}

/** The kind of the node that opened a scope: map, loop or subflow. Undefined when the run has no such node. */
export function toOpenerKind(state: RunState, path: string): string | undefined {
  const { node } = openerOf(path);
  const id = node.slice(node.lastIndexOf('/') + 1);
  return findGraph(state, scopeOf(node))?.workflow.nodes.find((candidate) => candidate.id === id)?.kind;
}

/** The way from the run to a scope, outermost first, without the run itself: `each`, `item 3`, `each`, `item 1`. */
export function toCrumbs(state: RunState, path: string): readonly Crumb[] {
  let prefix = '';
  return parseScopePath(path).flatMap((step) => {
    const opener = prefix === '' ? step.node : `${prefix}/${step.node}`;
    const parent = prefix;
    prefix = toScopePath(toAttemptFrame(opener, step.attempt), step.index);
    return [
      { scope: parent, words: toNodeName(state, opener) },
      { scope: prefix, words: toScopeWords(state, prefix) },
    ];
  });
}

/** A node with the scopes it is in, in words: `item 3 › Writer`; its name alone in the run's own graph. */
export function toPlaceWords(state: RunState, address: string): string {
  const inner = toCrumbs(state, scopeOf(address)).filter(({ scope }, index) => index % 2 === 1 && scope !== '');
  return [...inner.map(({ words }) => words), toNodeName(state, address)].join(' › ');
}

/** The scope to look at when one goes into a node: the first that failed, else the newest at work, else the first. Undefined when it opened none. */
export function toScopeToEnter(state: RunState, address: string): string | undefined {
  const scopes = attemptsOf(findNodeState(state, address)).at(-1)?.scopes ?? [];
  const failed = scopes.find((scope) => scope.status === 'failed');
  const open = scopes.findLast((scope) => scope.endedAtMs === null);
  return (failed ?? open ?? scopes[0])?.path;
}

/** The scope that a scope is in; empty for those that the run's own nodes opened. */
export function toOuterScope(path: string): string {
  return path === '' ? '' : scopeOf(openerAddress(path));
}

/** The path itself while the run has that scope, else the closest scope around it that is there. */
export function toKnownScope(state: RunState, path: string): string {
  let known = path;
  while (known !== '' && findScope(state, known) === undefined) known = toOuterScope(known);
  return known;
}
