import { replaced } from '../base/replaced.ts';
import type { WorkflowDocument } from '../workflow/document.ts';
import { toActivity } from './activity.ts';
import { parseAddress, parseScopePath, type ScopeStep } from './frame.ts';
import { isAtWork, scopeAt, toNodePlaces, workflowOf } from './node-states.ts';
import { toUndoneNodes } from './run-graph.ts';
import type { AttemptState, BegunNode, GraphState, NodeState, RunState, ScopeState } from './state.ts';

/** Changes a node that holds a scope in which something changed, on the way back up to the run. */
export type ChangeHolder = (node: BegunNode) => BegunNode;

/**
 * The run with one node changed, wherever it is. The counts of its graph and of the run follow from how the node's state changes.
 * Only what lies on the way to the node is copied. Throws when the run has no such node.
 */
export function changeNode(
  state: RunState,
  address: string,
  change: (node: NodeState) => NodeState,
  changeHolder?: ChangeHolder,
): RunState {
  const { scopes, id } = parseAddress(address);
  return changeAt(state, scopes, (graph, workflow, tally) => changeInGraph(graph, workflow, id, change, tally), changeHolder);
}

/** The run with the graph of one scope changed; the run's own for the empty path. Counts other than those in `change` stay. */
export function changeGraph(state: RunState, scopePath: string, change: (graph: GraphState) => GraphState): RunState {
  return changeAt(state, parseScopePath(scopePath), (graph) => ({ ...graph, ...change(graph) }));
}

/** The run with one scope changed. Throws for the run's own scope and for one that was never started. */
export function changeScope(state: RunState, scopePath: string, change: (scope: ScopeState) => ScopeState): RunState {
  const steps = parseScopePath(scopePath);
  const last = steps.at(-1);
  if (last === undefined) throw new Error('The run itself is not a scope below an attempt');
  return changeAt(state, steps.slice(0, -1), (graph, workflow, tally) =>
    changeInGraph(graph, workflow, last.node, (node) => withScope(node, last, change), tally),
  );
}

/** Sums what changed on the way, for the counts of the whole run. */
interface Tally {
  active: number;
  blocked: number;
}

/** Gives a copy, never the graph itself. */
type ChangeGraph = <Graph extends GraphState>(graph: Graph, workflow: WorkflowDocument, tally: Tally) => Graph;

function changeAt(
  state: RunState,
  steps: readonly ScopeStep[],
  change: ChangeGraph,
  changeHolder: ChangeHolder = (node) => node,
): RunState {
  const tally: Tally = { active: 0, blocked: 0 };
  if (steps.length === 0) return withTally(state, change(state, state.workflow, tally), tally);
  const descend = <Graph extends GraphState>(graph: Graph, workflow: WorkflowDocument, depth: number): Graph => {
    const step = steps[depth];
    if (step === undefined) return change(graph, workflow, tally);
    const changeBelow = (scope: ScopeState) => descend(scope, workflowOf(state, scope), depth + 1);
    return changeInGraph(graph, workflow, step.node, (node) => changeHolder(withScope(node, step, changeBelow)), tally);
  };
  return withTally(state, descend(state, state.workflow, 0), tally);
}

/** Counts into the copy that the change has made: another would be the largest thing that an event costs. */
function withTally(before: RunState, changed: RunState, { active, blocked }: Tally): RunState {
  const fresh = changed as { -readonly [Key in keyof RunState]: RunState[Key] };
  fresh.activeNodes = before.activeNodes + active;
  fresh.blockedNodes = before.blockedNodes + blocked;
  return fresh;
}

function changeInGraph<Graph extends GraphState>(
  graph: Graph,
  workflow: WorkflowDocument,
  id: string,
  change: (node: NodeState) => NodeState,
  tally: Tally,
): Graph {
  const place = toNodePlaces(workflow).get(id);
  const before = place === undefined ? undefined : graph.nodes[place];
  if (place === undefined || before === undefined) throw new Error(`The run's workflow has no node ${id}`);
  const after = change(before);
  const was = toActivity(before);
  const is = toActivity(after);
  tally.active += is.active - was.active;
  tally.blocked += is.blocked - was.blocked;
  const newlySettled = Number(isSettled(after)) - Number(isSettled(before));
  const isForward = newlySettled === 0 || !toUndoneNodes(workflow).has(id);
  return {
    ...graph,
    nodes: replaced(graph.nodes, place, after),
    unsettledNodes: isForward ? graph.unsettledNodes - newlySettled : graph.unsettledNodes,
    atWork: graph.atWork + Number(isAtWork(after)) - Number(isAtWork(before)),
  };
}

function isSettled(node: NodeState): boolean {
  return node.status !== 'pending' && !isAtWork(node);
}

function withScope(node: NodeState, step: ScopeStep, change: (scope: ScopeState) => ScopeState): BegunNode {
  if (node.status === 'pending') throw new Error(`${step.node} has not started`);
  const attempt = node.attempts[step.attempt - 1];
  const before = scopeAt(attempt, step.index);
  if (attempt === undefined || before === undefined) throw new Error(`${step.node} has no scope ${step.index}`);
  const place = attempt.scopes[step.index] === before ? step.index : attempt.scopes.indexOf(before);
  const after = change(before);
  const newlyEnded = Number(after.endedAtMs !== null) - Number(before.endedAtMs !== null);
  const changed: AttemptState = { ...attempt, scopes: replaced(attempt.scopes, place, after), openScopes: attempt.openScopes - newlyEnded };
  return { ...node, attempts: replaced(node.attempts, step.attempt - 1, changed) };
}
