import { findKind } from '../nodes/registry.ts';
import type { WorkflowDocument } from '../workflow/document.ts';
import { type Address, openerOf, parseAddress, parseScopePath, type ScopeStep, scopeOf } from './frame.ts';
import { toRunGraph } from './run-graph.ts';
import type { AttemptState, GraphState, NodeState, RunState, ScopeState } from './state.ts';

/** Where each executable node of a workflow stands in `GraphState.nodes`. Computed once per document object. */
export function toNodePlaces(workflow: WorkflowDocument): ReadonlyMap<string, number> {
  const known = placesByDocument.get(workflow);
  if (known !== undefined) return known;
  const executable = workflow.nodes.filter((node) => findKind(node.kind)?.isExecutable ?? true);
  const places = new Map(executable.map((node, place) => [node.id, place] as const));
  placesByDocument.set(workflow, places);
  return places;
}

const placesByDocument = new WeakMap<WorkflowDocument, ReadonlyMap<string, number>>();

/** A graph at work with the document it follows: the run itself is one. */
export interface GraphView extends GraphState {
  readonly workflow: WorkflowDocument;
}

/** How a node of this graph stands; undefined when it has none of that id, or it only decorates. */
export function nodeIn(graph: Pick<GraphView, 'workflow' | 'nodes'>, id: string): NodeState | undefined {
  const place = toNodePlaces(graph.workflow).get(id);
  return place === undefined ? undefined : graph.nodes[place];
}

/** How the node at this address stands, in the run's own graph or in a scope. */
export function findNodeState(state: RunState, address: string): NodeState | undefined {
  if (!address.includes('/')) return nodeIn(state, address);
  const { scopes, id } = parseAddress(address);
  const graph = findGraphAt(state, scopes);
  return graph === undefined ? undefined : nodeIn(graph, id);
}

/** Every executable node of a graph with its state, in the order of the document. */
export function listNodeStates({
  workflow,
  nodes,
}: Pick<GraphView, 'workflow' | 'nodes'>): readonly (readonly [id: string, state: NodeState])[] {
  return [...toNodePlaces(workflow)].map(([id, place]) => [id, nodes[place] as NodeState] as const);
}

/** The attempts at a node so far. */
export function attemptsOf(node: NodeState | undefined): readonly AttemptState[] {
  return node === undefined || node.status === 'pending' ? [] : node.attempts;
}

/** A scope by its path; undefined for the run's own and for one that was never started. */
export function findScope(state: RunState, path: string): ScopeState | undefined {
  if (path === '') return undefined;
  let graph: Pick<GraphView, 'workflow' | 'nodes'> = state;
  let scope: ScopeState | undefined;
  for (const step of parseScopePath(path)) {
    scope = scopeBelow(graph, step);
    if (scope === undefined) return undefined;
    graph = viewScope(state, scope);
  }
  return scope;
}

/** The graph of a scope with its document; the run's own for the empty path. Undefined for a scope that was never started. */
export function findGraph(state: RunState, scopePath: string): GraphView | undefined {
  if (scopePath === '') return state;
  const scope = findScope(state, scopePath);
  return scope === undefined ? undefined : viewScope(state, scope);
}

/** The scope as a graph with its document. */
export function viewScope(state: RunState, scope: ScopeState): GraphView & ScopeState {
  return { ...scope, workflow: workflowOf(state, scope) };
}

/** A workflow that the run can run below a node; undefined when it took none of that path with it. */
export function findSubworkflow({ subworkflows }: Pick<RunState, 'subworkflows'>, path: string): WorkflowDocument | undefined {
  // The path may come from outside, and a record knows names like `constructor` that nobody gave it.
  return Object.hasOwn(subworkflows, path) ? subworkflows[path] : undefined;
}

/** The document that a scope follows. */
export function workflowOf(state: RunState, { workflowPath }: Pick<ScopeState, 'workflowPath'>): WorkflowDocument {
  const workflow = findSubworkflow(state, workflowPath);
  if (workflow === undefined) throw new Error(`The run has no subworkflow ${workflowPath}`);
  return workflow;
}

/** The scope with this index below an attempt. They are listed as they were started, which is mostly by index. */
export function scopeAt(attempt: AttemptState | undefined, index: number): ScopeState | undefined {
  const guess = attempt?.scopes[index];
  return guess?.index === index ? guess : attempt?.scopes.find((scope) => scope.index === index);
}

/** Every node at work in the whole run, by address; the nodes of open scopes come after the node that opened them. */
export function listActive(state: RunState): readonly (readonly [address: string, state: NodeState])[] {
  return listActiveBelow(state, [{ prefix: '', graph: state }]);
}

/** Every node at work in the open scopes of a node, by address. */
export function listActiveIn(state: RunState, holder: NodeState): readonly (readonly [address: string, state: NodeState])[] {
  return listActiveBelow(state, listOpenGraphsOf(state, holder));
}

interface PlacedGraph {
  readonly prefix: string;
  readonly graph: GraphView;
}

function listActiveBelow(state: RunState, from: readonly PlacedGraph[]): readonly (readonly [address: string, state: NodeState])[] {
  const found: (readonly [string, NodeState])[] = [];
  const graphs = [...from];
  for (let next = graphs.pop(); next !== undefined; next = graphs.pop()) {
    const { prefix, graph } = next;
    if (graph.atWork === 0) continue;
    for (const [id, node] of listNodeStates(graph)) {
      if (!isAtWork(node)) continue;
      found.push([prefix + id, node]);
      graphs.push(...listOpenGraphsOf(state, node));
    }
  }
  return found;
}

function listOpenGraphsOf(state: RunState, node: NodeState): readonly PlacedGraph[] {
  return openScopesOf(node).map((scope) => ({ prefix: `${scope.path}/`, graph: viewScope(state, scope) }));
}

/** What the last attempt at a node runs inside and has not ended. */
export function openScopesOf(node: NodeState): readonly ScopeState[] {
  const attempt = attemptsOf(node).at(-1);
  return attempt === undefined || attempt.openScopes === 0 ? none : attempt.scopes.filter(({ endedAtMs }) => endedAtMs === null);
}

const none: readonly never[] = [];

/** Queued, running, or waiting for its next attempt. */
export function isAtWork(node: NodeState): boolean {
  return node.status === 'running' || node.status === 'queued' || node.status === 'retrying';
}

/** What people call the node at an address: its name, or its id. */
export function toNodeName(state: RunState, address: string): string {
  const { id } = parseAddress(address);
  return findGraph(state, scopeOf(address))?.workflow.nodes.find((node) => node.id === id)?.name || id;
}

/** How early the node at an address should go among all of its run: the longest chain of work that waits for it, inside its scope and behind that. */
export function rankOf(state: RunState, address: string): number {
  let rank = 0;
  for (let at = address; ; at = openerAddress(scopeOf(at))) {
    const scope = scopeOf(at);
    const workflow = findGraph(state, scope)?.workflow;
    rank += (workflow && toRunGraph(workflow).get(parseAddress(at).id)?.rank) ?? 0;
    if (scope === '') return rank;
  }
}

/** The address of the node that opened a scope. */
export function openerAddress(scopePath: string): string {
  return openerOf(scopePath).node;
}

function findGraphAt(state: RunState, steps: Address['scopes']): Pick<GraphView, 'workflow' | 'nodes'> | undefined {
  let graph: Pick<GraphView, 'workflow' | 'nodes'> = state;
  for (const step of steps) {
    const scope = scopeBelow(graph, step);
    if (scope === undefined) return undefined;
    graph = { workflow: workflowOf(state, scope), nodes: scope.nodes };
  }
  return graph;
}

function scopeBelow(graph: Pick<GraphView, 'workflow' | 'nodes'>, step: ScopeStep): ScopeState | undefined {
  return scopeAt(attemptsOf(nodeIn(graph, step.node))[step.attempt - 1], step.index);
}
