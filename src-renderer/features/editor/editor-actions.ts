import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { NodeKind } from '#shared/nodes/kind.ts';
import { nodeKinds } from '#shared/nodes/registry.ts';
import { type Position, toEdgeId, type WorkflowDocument, type WorkflowEdge } from '#shared/workflow/document.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { cardWidth, type Size, toBodyHeight, toNoteSize } from '../../canvas/card-geometry.ts';
import { columnGap } from '../../canvas/graph-layout.ts';
import { editDocument, findDocument } from '../../state/documents.ts';
import { selectNodes, setSelectedNodes, useSelection } from '../../state/selection.ts';
import { useSettings } from '../../state/settings.ts';
import { type Placement, requestLayout } from './auto-layout.ts';
import { bringIntoView, findCanvas, fitAll } from './canvas-handles.ts';
import { findPointerOver } from './canvas-pointer.ts';
import { type DanglingEnd, selectEdges, setSelectedEdges, useCanvasUi } from './canvas-ui.ts';
import { type Fragment, formatFragment, parseClipboard, toFragment, toPasteEdit } from './clipboard.ts';
import { toConnectEdit, toEdgeFrom, toInsertEdit } from './connecting.ts';
import { makeRoom } from './make-room.ts';
import { makeNode, toClearPlace, toFreePlace } from './new-node.ts';

/** The workflow tab that an action works on. */
export interface EditorTarget {
  readonly path: string;
  readonly tabId: string;
}

/** Does an edit; a refusal is told in a corner and changes nothing. True when it was done. */
export function tryEdit({ path }: EditorTarget, edit: WorkflowEdit, label: string, group: string | null = null): boolean {
  try {
    editDocument(path, edit, label, group);
    return true;
  } catch (thrown) {
    tellRefusal(thrown);
    return false;
  }
}

/** An edit that cannot be done is no fault: its own words are enough. */
export function tellRefusal(thrown: unknown): void {
  if (thrown instanceof HeddleError && thrown.code === 'workflow.invalid') notifyDone(thrown.message);
  else notifyError(thrown);
}

export function toDocument({ path }: EditorTarget): WorkflowDocument {
  const open = findDocument(path);
  if (open === undefined) throw new HeddleError('workflow.notFound', 'The workflow is not open any more.');
  return open.document;
}

/** The ids of the selected nodes that still exist. */
export function listSelected(target: EditorTarget): readonly string[] {
  const ids = new Set(toDocument(target).nodes.map((node) => node.id));
  return selectNodes(useSelection.getState(), target.tabId).filter((id) => ids.has(id));
}

export function select({ tabId }: EditorTarget, nodes: readonly string[]): void {
  setSelectedEdges(tabId, []);
  setSelectedNodes(tabId, nodes);
}

/** Adds a node of this kind and selects it; with `end`, connects it by `port`. */
export function addNode(
  target: EditorTarget,
  kind: NodeKind,
  place: Position,
  connect?: { readonly end: DanglingEnd; readonly port: string },
): void {
  const document = toDocument(target);
  const node = makeNode(document, kind, toFreePlace(document, place), useSettings.getState().settings.defaultModel);
  const add: WorkflowEdit = { type: 'addNode', node };
  const edge = connect === undefined ? null : toEdgeFrom(connect.end, { node: node.id, port: connect.port });
  const edit: WorkflowEdit = edge === null ? add : { type: 'batch', edits: [add, { type: 'addEdge', edge }] };
  if (!tryEdit(target, edit, `Add ${node.name}`)) return;
  select(target, [node.id]);
  const canvas = findCanvas(target.tabId);
  if (canvas !== null) requestAnimationFrame(() => bringIntoView(canvas, node.id));
}

/** Where a new node goes that nobody has given a place: clear of others, near the middle of what is in view. */
export function toViewCentre(target: EditorTarget, kind: NodeKind): Position {
  const canvas = findCanvas(target.tabId);
  const box = canvas?.element.getBoundingClientRect();
  const centre =
    canvas === null || box === undefined
      ? { x: 0, y: 0 }
      : canvas.flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  const ports = kind.ports(kind.defaultConfig as JsonObject);
  const size = { width: cardWidth, height: toBodyHeight(ports.inputs.length, ports.outputs.length) };
  return toClearPlace(toDocument(target), { x: centre.x - size.width / 2, y: centre.y - size.height / 2 }, size);
}

/** Where a new node goes that follows (or leads to) a node: in the next column, at its height. */
export function toPlaceBeside(document: WorkflowDocument, end: DanglingEnd): Position {
  const position = document.nodes.find((node) => node.id === end.node)?.position ?? { x: 0, y: 0 };
  const step = cardWidth + columnGap;
  const x = position.x + (end.side === 'outputs' ? step : -step);
  const column = document.nodes.filter((node) => Math.abs(node.position.x - x) < cardWidth);
  let { y } = position;
  while (column.some((node) => Math.abs(node.position.y - y) < 96)) y += 104;
  return { x, y };
}

/** Draws an edge, or moves one. */
export function connect(target: EditorTarget, edge: WorkflowEdge, moving: string | null): void {
  tryEdit(target, toConnectEdit(toDocument(target), edge, moving), moving === null ? 'Connect' : 'Move edge');
}

/** Deletes what is selected, nodes and edges. */
export function deleteSelected(target: EditorTarget): void {
  const document = toDocument(target);
  const nodes = listSelected(target);
  const gone = new Set(nodes);
  const edges = selectEdges(useCanvasUi.getState(), target.tabId).filter((id) => {
    const edge = document.edges.find((candidate) => toEdgeId(candidate) === id);
    return edge !== undefined && !gone.has(edge.from.node) && !gone.has(edge.to.node);
  });
  if (nodes.length === 0 && edges.length === 0) return;
  const edits: WorkflowEdit[] = [
    { type: 'removeEdges', edges: [...edges] },
    { type: 'removeNodes', nodes: [...nodes] },
  ];
  if (tryEdit(target, { type: 'batch', edits }, nodes.length === 0 ? 'Delete edge' : `Delete ${toNodeWords(document, nodes)}`))
    select(target, []);
}

/** Turns the selected nodes off, or on when all of them are off. */
export function toggleDisabled(target: EditorTarget): void {
  const document = toDocument(target);
  const ids = listSelected(target);
  const isOff = (id: string) => document.nodes.find((node) => node.id === id)?.disabled === true;
  if (ids.length === 0) return;
  const disabled = ids.every(isOff) ? null : true;
  const edits = ids.map((node): WorkflowEdit => ({ type: 'setDisabled', node, disabled }));
  tryEdit(target, { type: 'batch', edits }, `${disabled ? 'Disable' : 'Enable'} ${toNodeWords(document, ids)}`);
}

/** The selected nodes as text for the clipboard, or null when none is selected. */
export function copySelected(target: EditorTarget): string | null {
  const ids = listSelected(target);
  return ids.length === 0 ? null : formatFragment(toFragment(toDocument(target), new Set(ids)));
}

/**
 * Pastes nodes from the clipboard's text where the pointer is, or into the middle of the view; other words become a note.
 * Throws with the reason when the text is of nodes that cannot be read.
 */
export function paste(target: EditorTarget, text: string): void {
  const parsed = parseClipboard(text);
  if (parsed.type === 'unusable') throw new HeddleError('workflow.invalid', parsed.reason);
  const document = toDocument(target);
  if (parsed.type === 'words') {
    const note = { ...makeNode(document, nodeKinds.note, { x: 0, y: 0 }, ''), config: { text: parsed.text } };
    insertFragment(target, document, { nodes: [note], edges: [], groups: [] }, toPastePlace(target, toNoteSize(parsed.text)), 'Paste');
    return;
  }
  const { nodes } = parsed.fragment;
  const [xs, ys] = [nodes.map(({ position }) => position.x), nodes.map(({ position }) => position.y)];
  const width = Math.max(...xs) - Math.min(...xs) + cardWidth;
  const height = Math.max(...ys) - Math.min(...ys) + toBodyHeight(1, 1);
  insertFragment(target, document, parsed.fragment, toPastePlace(target, { width, height }), 'Paste');
}

/** Where the pointer is over the canvas; otherwise clear of others, near the middle of the view. */
function toPastePlace(target: EditorTarget, size: Size): Position {
  const canvas = findCanvas(target.tabId);
  if (canvas === null) return { x: 0, y: 0 };
  const pointer = findPointerOver(canvas.element);
  if (pointer !== null) return canvas.flow.screenToFlowPosition(pointer);
  const box = canvas.element.getBoundingClientRect();
  const centre = canvas.flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  return toClearPlace(toDocument(target), { x: centre.x - size.width / 2, y: centre.y - size.height / 2 }, size);
}

/** Copies the selected nodes beside themselves. */
export function duplicateSelected(target: EditorTarget): void {
  const ids = listSelected(target);
  if (ids.length === 0) return;
  const document = toDocument(target);
  const fragment = toFragment(document, new Set(ids));
  const { nodes } = fragment;
  const at = { x: Math.min(...nodes.map((node) => node.position.x)) + 32, y: Math.min(...nodes.map((node) => node.position.y)) + 40 };
  insertFragment(target, document, fragment, at, 'Duplicate');
}

function insertFragment(target: EditorTarget, document: WorkflowDocument, fragment: Fragment, at: Position, verb: string): void {
  const { edit, ids } = toPasteEdit(document, fragment, toFreePlace(document, at));
  if (tryEdit(target, edit, `${verb} ${ids.length === 1 ? fragment.nodes[0]?.name || 'node' : `${ids.length} nodes`}`)) select(target, ids);
}

/** Moves nodes; nudges by arrow follow each other as one step. */
export function moveNodes(
  target: EditorTarget,
  positions: readonly { readonly node: string; readonly position: Position }[],
  group: string | null = null,
): void {
  const document = toDocument(target);
  if (positions.length > 0)
    tryEdit(
      target,
      { type: 'moveNodes', positions: [...positions] },
      `Move ${toNodeWords(
        document,
        positions.map(({ node }) => node),
      )}`,
      group,
    );
}

/** Puts a node into an edge, and moves what comes after it to make room, as one step. */
export function insertIntoEdge(target: EditorTarget, node: string, edgeId: string): void {
  const document = toDocument(target);
  const insert = toInsertEdit(document, node, edgeId);
  if (insert === null) return;
  const positions = withoutLocked(document, makeRoom(document, node, edgeId));
  tryEdit(
    target,
    { type: 'batch', edits: [{ type: 'moveNodes', positions: [...positions] }, insert] },
    `Insert ${toNodeWords(document, [node])}`,
  );
}

/** Arranges the whole graph, or the selected nodes where they stand; one step to undo. */
export async function arrange(target: EditorTarget, extent: 'all' | 'selection' = 'all'): Promise<void> {
  const document = toDocument(target);
  const positions = await requestLayout(document, extent === 'all' ? null : new Set(listSelected(target)));
  if (positions.length === 0 || toDocument(target) !== document) return;
  const before = new Map(document.nodes.map((node) => [node.id, node]));
  const moved = positions.filter(({ node, position: { x, y } }) => {
    const now = before.get(node);
    return now?.locked !== true && (now?.position.x !== x || now.position.y !== y);
  });
  if (moved.length === 0) notifyDone(extent === 'all' ? 'Everything is in order already.' : 'The selection is in order already.');
  else if (tryEdit(target, { type: 'moveNodes', positions: moved }, 'Arrange') && extent === 'all') {
    const canvas = findCanvas(target.tabId);
    if (canvas !== null) requestAnimationFrame(() => fitAll(canvas));
  }
}

/** Locked nodes stay where they are when others make way or are arranged. */
function withoutLocked(document: WorkflowDocument, positions: readonly Placement[]): readonly Placement[] {
  const locked = new Set(document.nodes.flatMap((node) => (node.locked === true ? [node.id] : [])));
  return locked.size === 0 ? positions : positions.filter(({ node }) => !locked.has(node));
}

/** `Writer`, or `3 nodes`. */
export function toNodeWords(document: WorkflowDocument, ids: readonly string[]): string {
  const [only] = ids;
  if (ids.length !== 1) return `${ids.length} nodes`;
  const node = document.nodes.find((candidate) => candidate.id === only);
  return node?.name || node?.id || 'node';
}
