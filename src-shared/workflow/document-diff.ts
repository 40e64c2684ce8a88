import { HeddleError } from '../base/errors.ts';
import { toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import { applyEdit } from './edits.ts';

type Batch = Extract<WorkflowEdit, { type: 'batch' }>;

/**
 * The smallest batch of edits that turns one document into the other, byte for byte in the file: what is the same in both is not touched.
 * Nodes are the same when they have the same id, edges when they join the same ports. An empty batch when nothing differs.
 * Throws `workflow.invalid` when ids stand twice in either: then nobody can say which node is meant.
 */
export function toEdits(before: WorkflowDocument, after: WorkflowDocument): Batch {
  refuseRepeatedIds(before);
  refuseRepeatedIds(after);
  if (isSame(before, after)) return { type: 'batch', edits: [] };
  const structure = toStructureEdits(before, after);
  const rebuilt = structure.reduce(applyEdit, before);
  return { type: 'batch', edits: [...structure, ...toNodeEdits(rebuilt, after), ...listChanges(documentMembers, rebuilt, after)] };
}

/** Single edits cost the length of the document each; from so many changed nodes on, they are put in anew, all at once. */
const mostNodesEditedSingly = 200;

/** Takes out what is gone or in another place of the order, and puts in what is new. */
function toStructureEdits(before: WorkflowDocument, after: WorkflowDocument): WorkflowEdit[] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const comparable = after.nodes.filter((node) => old.has(node.id));
  const changed = comparable.filter((node) => !isSame(withoutPosition(old.get(node.id) as WorkflowNode), withoutPosition(node)));
  const anew = new Set(changed.length > mostNodesEditedSingly ? changed.map(({ id }) => id) : []);
  const staying = keepOrder(
    before.nodes.map(({ id }) => id),
    comparable.flatMap(({ id }) => (anew.has(id) ? [] : [id])),
  );
  const goneNodes = before.nodes.flatMap(({ id }) => (staying.has(id) ? [] : [id]));
  const gone = new Set(goneNodes);

  const isLeft = (edge: WorkflowEdge) => !gone.has(edge.from.node) && !gone.has(edge.to.node);
  const left = before.edges.filter(isLeft).map(toEdgeId);
  const wanted = after.edges.map(toEdgeId);
  const stayingEdges = keepOrder(listOnce(left), listOnce(wanted));
  const goneEdges = [...new Set(left.filter((id) => !stayingEdges.has(id)))];

  const newNodes = after.nodes.flatMap((node, index) => (staying.has(node.id) ? [] : [{ index, node }]));
  const newEdges = after.edges.flatMap((edge, index) => (stayingEdges.has(wanted[index] as string) ? [] : [{ index, edge }]));
  return [
    ...(goneEdges.length === 0 ? [] : [{ type: 'removeEdges', edges: goneEdges } as const]),
    ...(goneNodes.length === 0 ? [] : [{ type: 'removeNodes', nodes: goneNodes } as const]),
    ...(newNodes.length + newEdges.length === 0 ? [] : [{ type: 'restore', nodes: newNodes, edges: newEdges } as const]),
    ...toLabelEdits(before, after, stayingEdges),
  ];
}

function toLabelEdits(before: WorkflowDocument, after: WorkflowDocument, staying: ReadonlySet<string>): WorkflowEdit[] {
  const labels = new Map(before.edges.map((edge) => [toEdgeId(edge), edge.label]));
  return after.edges.flatMap((edge): WorkflowEdit[] => {
    const id = toEdgeId(edge);
    return !staying.has(id) || labels.get(id) === edge.label ? [] : [{ type: 'changeEdgeLabel', edge: id, label: edge.label ?? null }];
  });
}

/** Both have the same nodes in the same order; what is in them may differ. */
function toNodeEdits(before: WorkflowDocument, after: WorkflowDocument): WorkflowEdit[] {
  const moved = after.nodes.filter((node, index) => !isSame(before.nodes[index]?.position, node.position));
  return [
    ...(moved.length === 0
      ? []
      : [{ type: 'moveNodes', positions: moved.map(({ id, position }) => ({ node: id, position })) } as const satisfies WorkflowEdit]),
    ...after.nodes.flatMap((node, index): WorkflowEdit[] => {
      const old = before.nodes[index] as WorkflowNode;
      if (old === node) return [];
      if (old.kind === node.kind) return listChanges(nodeMembers, old, node);
      const { id, kind, config } = node;
      return [{ type: 'changeKind', node: id, kind, config }, ...listChanges(nodeMembers, { ...old, config }, node)];
    }),
  ];
}

/** How each member of a node is changed; the compiler asks for what is missing. Its place is moved with those of the others. */
const nodeMembers: Members<WorkflowNode, 'id' | 'kind' | 'position'> = {
  name: ({ id, name }) => ({ type: 'renameNode', node: id, name }),
  config: ({ id, config }) => ({ type: 'changeConfig', node: id, config }),
  policy: ({ id, policy }) => ({ type: 'changePolicy', node: id, policy: policy ?? null }),
  disabled: ({ id, disabled }) => ({ type: 'setDisabled', node: id, disabled: disabled ?? null }),
  locked: ({ id, locked }) => ({ type: 'setLocked', node: id, locked: locked ?? null }),
  priority: ({ id, priority }) => ({ type: 'changeNodeDetails', node: id, priority: priority ?? null }),
  lane: ({ id, lane }) => ({ type: 'changeNodeDetails', node: id, lane: lane ?? null }),
  compensation: ({ id, compensation }) => ({ type: 'changeNodeDetails', node: id, compensation: compensation ?? null }),
  labels: ({ id, labels }) => ({ type: 'changeNodeDetails', node: id, labels: labels ?? null }),
  metadata: ({ id, metadata }) => ({ type: 'changeNodeDetails', node: id, metadata: metadata ?? null }),
};

/** How each member of the document is changed, apart from nodes and edges. */
const documentMembers: Members<WorkflowDocument, 'schemaVersion' | 'nodes' | 'edges'> = {
  name: ({ name }) => ({ type: 'changeDetails', name }),
  description: ({ description }) => ({ type: 'changeDetails', description: description ?? null }),
  labels: ({ labels }) => ({ type: 'changeDetails', labels: labels ?? null }),
  metadata: ({ metadata }) => ({ type: 'changeDetails', metadata: metadata ?? null }),
  hooks: ({ hooks }) => ({ type: 'changeHooks', hooks: hooks ?? null }),
  groups: ({ groups }) => ({ type: 'changeGroups', groups: groups ?? null }),
  comments: ({ comments }) => ({ type: 'changeComments', comments: comments ?? null }),
};

type Members<Whole, Other extends keyof Whole> = {
  readonly [Key in Exclude<keyof Whole, Other>]-?: (after: Whole) => WorkflowEdit;
};

function listChanges<Whole extends object>(
  members: { readonly [Key in keyof Whole]?: (after: Whole) => WorkflowEdit },
  before: Whole,
  after: Whole,
): WorkflowEdit[] {
  return (Object.keys(members) as (keyof Whole)[]).flatMap((key) => {
    const edit = members[key];
    return edit === undefined || isSame(before[key], after[key]) ? [] : [edit(after)];
  });
}

/** As many of the ids in both lists as can stay where they are while the others are taken out and put in: a longest common subsequence. */
function keepOrder(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const places = new Map(before.map((id, index) => [id, index]));
  const common = after.filter((id) => places.has(id));
  const kept = longestRising(common.map((id) => places.get(id) as number));
  return new Set(kept.map((index) => common[index] as string));
}

/** The indices of a longest strictly rising subsequence (patience sorting, n log n). */
function longestRising(values: readonly number[]): readonly number[] {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, value] of values.entries()) {
    let low = 0;
    for (let high = tails.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] as number] as number) < value) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const rising: number[] = [];
  for (let at = tails.at(-1) ?? -1; at !== -1; at = previous[at] as number) rising.unshift(at);
  return rising;
}

/** Edges that stand twice are taken out and put in, all of them. */
function listOnce(ids: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return ids.filter((id) => counts.get(id) === 1);
}

function withoutPosition({ position: _place, ...rest }: WorkflowNode): object {
  return rest;
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

function refuseRepeatedIds({ nodes }: WorkflowDocument): void {
  const seen = new Set<string>();
  for (const { id } of nodes) {
    if (seen.has(id)) throw new HeddleError('workflow.invalid', `Several nodes have the id “${id}”. Give each its own id first.`);
    seen.add(id);
  }
}
