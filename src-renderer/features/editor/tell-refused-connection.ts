import type { Position } from '#shared/workflow/document.ts';
import { verdictOnEdge } from '#shared/workflow/edge-verdict.ts';
import { suggestTransform } from '#shared/workflow/suggest-transform.ts';
import { findCanvas } from './canvas-handles.ts';
import { useCanvasUi } from './canvas-ui.ts';
import { type EditorTarget, toDocument } from './editor-actions.ts';

/** An end of a drawn connection, as the drawing library gives it. */
interface DrawnEnd {
  readonly nodeId: string;
  readonly id?: string | null;
  readonly type: 'source' | 'target';
}

/** Says where a connection was let go why it does not fit, and offers what would help. The place is one of the window, in pixels. */
export function tellRefusedConnection(target: EditorTarget, start: DrawnEnd, end: DrawnEnd, place: Position): void {
  const canvas = findCanvas(target.tabId);
  if (canvas === null || start.type === end.type || (start.nodeId === end.nodeId && start.id === end.id)) return;
  const [source, sink] = start.type === 'source' ? [start, end] : [end, start];
  const [from, to] = [
    { node: source.nodeId, port: source.id ?? '' },
    { node: sink.nodeId, port: sink.id ?? '' },
  ];
  const document = toDocument(target);
  const verdict = verdictOnEdge(document, from, to);
  if (verdict.verdict !== 'refused') return;
  const box = canvas.element.getBoundingClientRect();
  const at = { x: place.x - box.left, y: place.y - box.top };
  // After the click that ends the drag, which would close the note again.
  setTimeout(() =>
    useCanvasUi.setState({
      refused: { tabId: target.tabId, at, from, to, reason: verdict.reason, transform: suggestTransform(document, from, to) },
    }),
  );
}
