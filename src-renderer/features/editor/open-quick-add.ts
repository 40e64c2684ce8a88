import { toEdgeId } from '#shared/workflow/document.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import { findCanvas } from './canvas-handles.ts';
import { type DanglingEnd, selectEdges, useCanvasUi } from './canvas-ui.ts';
import { type EditorTarget, listSelected, toDocument } from './editor-actions.ts';

/** Opens the search for a kind where the pointer is, in client pixels; the node goes there. */
export function openQuickAddAt({ tabId }: EditorTarget, clientX: number, clientY: number, end: DanglingEnd | null): void {
  const canvas = findCanvas(tabId);
  if (canvas === null) return;
  const box = canvas.element.getBoundingClientRect();
  useCanvasUi.setState({
    quickAdd: {
      tabId,
      at: { x: clientX - box.left, y: clientY - box.top },
      place: canvas.flow.screenToFlowPosition({ x: clientX, y: clientY }),
      end,
      purpose: { type: 'add' },
    },
  });
}

/** Opens the search in the middle of the canvas; the node goes to a free place there. */
export function openQuickAdd({ tabId }: EditorTarget): void {
  const canvas = findCanvas(tabId);
  if (canvas === null) return;
  const at = { x: canvas.element.clientWidth / 2 - 148, y: Math.max(16, canvas.element.clientHeight / 2 - 180) };
  useCanvasUi.setState({ quickAdd: { tabId, at, place: null, end: null, purpose: { type: 'add' } } });
}

/** Opens the search for what comes after the selected node (or anything, when none is selected), beside it. */
export function openQuickAddAfter(target: EditorTarget): void {
  const [id] = listSelected(target);
  const node = toDocument(target).nodes.find((candidate) => candidate.id === id);
  const canvas = findCanvas(target.tabId);
  const view = node === undefined ? null : viewNode(node);
  const [port] = view?.type === 'valid' ? view.ports.outputs : [];
  if (canvas === null || node === undefined || port === undefined) {
    openQuickAdd(target);
    return;
  }
  const { x, y, zoom } = canvas.flow.getViewport();
  const width = canvas.flow.getNode(node.id)?.width ?? 184;
  useCanvasUi.setState({
    quickAdd: {
      tabId: target.tabId,
      at: { x: (node.position.x + width) * zoom + x + 24, y: node.position.y * zoom + y },
      place: null,
      end: { node: node.id, port: port.name, side: 'outputs' },
      purpose: { type: 'add' },
    },
  });
}

/** Opens the search for the kind that the selected nodes are to have, beside the first of them. */
export function openReplaceKind(target: EditorTarget): void {
  const nodes = listSelected(target);
  const node = toDocument(target).nodes.find((candidate) => candidate.id === nodes[0]);
  const canvas = findCanvas(target.tabId);
  if (canvas === null || node === undefined) return;
  const { x, y, zoom } = canvas.flow.getViewport();
  const at = { x: node.position.x * zoom + x, y: (node.position.y + 72) * zoom + y };
  useCanvasUi.setState({ quickAdd: { tabId: target.tabId, at, place: null, end: null, purpose: { type: 'replace', nodes } } });
}

/** Opens the search for what goes into the selected edge, half-way along it. */
export function openInsertIntoEdge(target: EditorTarget): void {
  const [id] = selectEdges(useCanvasUi.getState(), target.tabId);
  const document = toDocument(target);
  const edge = document.edges.find((candidate) => toEdgeId(candidate) === id);
  const canvas = findCanvas(target.tabId);
  if (canvas === null || edge === undefined || id === undefined) return;
  const ends = document.nodes.filter((node) => node.id === edge.from.node || node.id === edge.to.node);
  const { x, y, zoom } = canvas.flow.getViewport();
  const middle = (key: 'x' | 'y') => ends.reduce((sum, { position }) => sum + position[key], 0) / ends.length;
  const at = { x: (middle('x') + 92) * zoom + x, y: (middle('y') + 48) * zoom + y };
  useCanvasUi.setState({ quickAdd: { tabId: target.tabId, at, place: null, end: null, purpose: { type: 'insert', edge: id } } });
}
