import type { NodeKind } from '#shared/nodes/kind.ts';
import { nodeKinds } from '#shared/nodes/registry.ts';
import { type GroupColour, type PortReference, toEdgeId, type WorkflowDocument, type WorkflowNode } from '#shared/workflow/document.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { applyEdit } from '#shared/workflow/edits.ts';
import { countFollowers } from '#shared/workflow/rename-references.ts';
import { toKindReplacement } from '#shared/workflow/replace-kind.ts';
import type { SuggestedTransform } from '#shared/workflow/suggest-transform.ts';
import { notifyDone } from '../../app/notify.ts';
import { useSettings } from '../../state/settings.ts';
import { type Alignment, type Distribution, toAligned, toDistributed } from './arrange-selection.ts';
import { bringIntoView, findCanvas } from './canvas-handles.ts';
import { selectEdges, setSelectedEdges, useCanvasUi } from './canvas-ui.ts';
import { toInsertEdit } from './connecting.ts';
import { type EditorTarget, listSelected, moveNodes, select, tellRefusal, toDocument, toNodeWords, tryEdit } from './editor-actions.ts';
import { findGroupOf, toGroupChange, toGroupEdit, toUngroupEdit } from './grouping.ts';
import { makeRoom } from './make-room.ts';
import { makeNode, toFreePlace } from './new-node.ts';

/** Makes nodes another kind, keeping what fits; edges that fit nowhere are told of. */
export function replaceKind(target: EditorTarget, nodes: readonly string[], kind: NodeKind): void {
  const before = toDocument(target);
  const { defaultModel } = useSettings.getState().settings;
  const edits: WorkflowEdit[] = [];
  let document = before;
  let lost = 0;
  try {
    for (const node of nodes) {
      const { config } = makeNode(
        { ...document, nodes: document.nodes.filter(({ id }) => id !== node) },
        kind,
        { x: 0, y: 0 },
        defaultModel,
      );
      const { edit, lostEdges } = toKindReplacement(document, node, kind, config);
      document = applyEdit(document, edit);
      lost += lostEdges.length;
      edits.push(edit);
    }
  } catch (thrown) {
    tellRefusal(thrown);
    return;
  }
  if (!tryEdit(target, { type: 'batch', edits }, `Replace ${toNodeWords(before, nodes)} by ${kind.title}`)) return;
  if (lost > 0)
    notifyDone(
      lost === 1 ? 'One edge fits no port of the new kind and is gone.' : `${lost} edges fit no port of the new kind and are gone.`,
    );
}

/** A new node of this kind and the edit that puts it into an edge; null when it does not fit there. */
export function toInsertedNode(
  document: WorkflowDocument,
  kind: NodeKind,
  edge: string,
  change: (node: WorkflowNode) => WorkflowNode = (node) => node,
): { readonly node: WorkflowNode; readonly edit: WorkflowEdit } | null {
  const node = change(makeNode(document, kind, { x: 0, y: 0 }, useSettings.getState().settings.defaultModel));
  const extended = { ...document, nodes: [...document.nodes, node] };
  const insert = toInsertEdit(extended, node.id, edge);
  if (insert === null) return null;
  const positions = makeRoom(extended, node.id, edge).filter(
    (place) => !extended.nodes.some(({ id, locked }) => id === place.node && locked),
  );
  return { node, edit: { type: 'batch', edits: [{ type: 'addNode', node }, { type: 'moveNodes', positions }, insert] } };
}

/** Puts a new node of this kind into an edge, moving what comes after it to make room. */
export function insertNewIntoEdge(target: EditorTarget, kind: NodeKind, edge: string): void {
  const inserted = toInsertedNode(toDocument(target), kind, edge);
  if (inserted === null || !tryEdit(target, inserted.edit, `Insert ${inserted.node.name}`)) return;
  showNew(target, inserted.node.id);
}

/** Puts a transform between two ports that do not fit, with the expression that makes them fit. */
export function insertTransform(
  target: EditorTarget,
  from: PortReference,
  to: PortReference,
  { expression, outputType }: SuggestedTransform,
): void {
  const document = toDocument(target);
  const [source, end] = [from, to].map(({ node }) => document.nodes.find(({ id }) => id === node)?.position);
  const between = { x: ((source?.x ?? 0) + (end?.x ?? 0)) / 2, y: ((source?.y ?? 0) + (end?.y ?? 0)) / 2 };
  const made = makeNode(document, nodeKinds.transform, toFreePlace(document, between), '');
  const node: WorkflowNode = { ...made, config: { ...made.config, expression, outputType } };
  const edits: WorkflowEdit[] = [
    { type: 'addNode', node },
    { type: 'addEdge', edge: { from, to: { node: node.id, port: 'in' } } },
    { type: 'addEdge', edge: { from: { node: node.id, port: 'value' }, to } },
  ];
  if (tryEdit(target, { type: 'batch', edits }, `Insert ${node.name}`)) showNew(target, node.id);
}

/** Locks the selected nodes, or unlocks them when all of them are. */
export function toggleLocked(target: EditorTarget): void {
  const document = toDocument(target);
  const ids = listSelected(target);
  if (ids.length === 0) return;
  const areLocked = ids.every((id) => document.nodes.find((node) => node.id === id)?.locked === true);
  const edits = ids.map((node): WorkflowEdit => ({ type: 'setLocked', node, locked: areLocked ? null : true }));
  tryEdit(target, { type: 'batch', edits }, `${areLocked ? 'Unlock' : 'Lock'} ${toNodeWords(document, ids)}`);
}

export function alignSelected(target: EditorTarget, how: Alignment): void {
  moveNodes(target, toAligned(toDocument(target), new Set(listSelected(target)), how));
}

export function distributeSelected(target: EditorTarget, how: Distribution): void {
  moveNodes(target, toDistributed(toDocument(target), new Set(listSelected(target)), how));
}

/** Puts a frame around the selected nodes and asks for its title. */
export function groupSelected(target: EditorTarget): void {
  const nodes = listSelected(target);
  if (nodes.length === 0) return;
  const { edit, id } = toGroupEdit(toDocument(target), nodes);
  if (tryEdit(target, edit, `Group ${toNodeWords(toDocument(target), nodes)}`))
    useCanvasUi.setState({ dialog: { tabId: target.tabId, about: { type: 'renameGroup', group: id } } });
}

/** Takes the frames around the selected nodes away. */
export function ungroupSelected(target: EditorTarget): void {
  const edit = toUngroupEdit(toDocument(target), listSelected(target));
  if (edit !== null) tryEdit(target, edit, 'Ungroup');
}

export function colourGroup(target: EditorTarget, group: string, colour: GroupColour): void {
  tryEdit(target, toGroupChange(toDocument(target), group, { colour }), 'Colour the group');
}

/** Asks for another name: of the selected group, when all of it is selected, or of the first selected node. */
export function startRename(target: EditorTarget): void {
  const nodes = listSelected(target);
  const [node] = nodes;
  const group = nodes.length > 1 ? findGroupOf(toDocument(target), nodes) : undefined;
  if (node === undefined) return;
  useCanvasUi.setState({
    dialog: { tabId: target.tabId, about: group === undefined ? { type: 'renameNode', node } : { type: 'renameGroup', group: group.id } },
  });
}

/** Gives a node another name and id; everything that speaks of it follows, and it is told how much that was. */
export function renameNode(target: EditorTarget, id: string, name: string, newId: string): void {
  const document = toDocument(target);
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return;
  const followers = newId === id ? 0 : countFollowers(document, id);
  const edits: WorkflowEdit[] = [
    ...(name === node.name ? [] : [{ type: 'renameNode', node: id, name } as const]),
    ...(newId === id ? [] : [{ type: 'changeNodeId', node: id, newId } as const]),
  ];
  if (edits.length === 0 || !tryEdit(target, { type: 'batch', edits }, `Rename ${node.name || id}`)) return;
  if (newId !== id) select(target, [newId]);
  if (followers > 0)
    notifyDone(followers === 1 ? 'One place that speaks of it followed.' : `${followers} places that speak of it followed.`);
}

/** Selects an edge of the selected node, or the next one at the same node: how the keyboard reaches edges. */
export function selectNextEdge(target: EditorTarget): void {
  const document = toDocument(target);
  const [current] = selectEdges(useCanvasUi.getState(), target.tabId);
  const [node] = listSelected(target);
  const known = document.edges.find((edge) => toEdgeId(edge) === current);
  const owner = node ?? known?.from.node;
  const edges = document.edges.filter((edge) => owner === undefined || edge.from.node === owner || edge.to.node === owner);
  const at = edges.findIndex((edge) => toEdgeId(edge) === current);
  const next = edges[(at + 1) % Math.max(1, edges.length)];
  if (next === undefined) return;
  select(target, []);
  setSelectedEdges(target.tabId, [toEdgeId(next)]);
}

/** The only selected edge, or null. */
export function findSelectedEdge({ tabId, ...target }: EditorTarget): string | null {
  const [id, ...more] = selectEdges(useCanvasUi.getState(), tabId);
  if (id === undefined || more.length > 0) return null;
  return toDocument({ tabId, ...target }).edges.some((edge) => toEdgeId(edge) === id) ? id : null;
}

function showNew(target: EditorTarget, node: string): void {
  select(target, [node]);
  const canvas = findCanvas(target.tabId);
  if (canvas !== null) requestAnimationFrame(() => bringIntoView(canvas, node));
}
