import { findKind } from '../nodes/registry.ts';
import type { WorkflowDocument } from '../workflow/document.ts';
import type { NodeState, RunState } from './state.ts';

/** Where each executable node of a workflow stands in `RunState.nodes`. Computed once per document object. */
export function toNodePlaces(workflow: WorkflowDocument): ReadonlyMap<string, number> {
  const known = placesByDocument.get(workflow);
  if (known !== undefined) return known;
  const executable = workflow.nodes.filter((node) => findKind(node.kind)?.isExecutable ?? true);
  const places = new Map(executable.map((node, place) => [node.id, place] as const));
  placesByDocument.set(workflow, places);
  return places;
}

const placesByDocument = new WeakMap<WorkflowDocument, ReadonlyMap<string, number>>();

/** How a node stands; undefined when the run has none of that id, or it only decorates. */
export function findNodeState(state: RunState, id: string): NodeState | undefined {
  const place = toNodePlaces(state.workflow).get(id);
  return place === undefined ? undefined : state.nodes[place];
}

/** Every executable node with its state, in the order of the document. */
export function listNodeStates({ workflow, nodes }: RunState): readonly (readonly [id: string, state: NodeState])[] {
  return [...toNodePlaces(workflow)].flatMap(([id, place]) => {
    const node = nodes[place];
    return node === undefined ? [] : [[id, node] as const];
  });
}

/** The run with one node changed. Throws when it has none of that id. */
export function withNodeState(state: RunState, id: string, node: NodeState): RunState {
  const place = toNodePlaces(state.workflow).get(id);
  if (place === undefined) throw new Error(`The run's workflow has no node ${id}`);
  return { ...state, nodes: state.nodes.with(place, node) };
}
