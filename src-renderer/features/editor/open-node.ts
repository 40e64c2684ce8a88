import { focusField } from '../../state/canvas-view.ts';
import { useConnection } from '../../state/connection.ts';
import { findDocument } from '../../state/documents.ts';
import { useLayout } from '../../state/layout.ts';
import { useCanvasUi } from './canvas-ui.ts';
import type { EditorTarget } from './editor-actions.ts';
import { openInside } from './trail.ts';

/** What a node runs opens, with the way back; a note is written in place; every other node shows its settings. */
export function openNode({ path, tabId }: EditorTarget, id: string): void {
  const node = findDocument(path)?.document.nodes.find((candidate) => candidate.id === id);
  if (node === undefined || openInside(path, node)) return;
  const isWritable = useConnection.getState().host?.isReadOnly !== true && node.locked !== true;
  if (node.kind === 'note' && isWritable) useCanvasUi.setState({ writing: { path, tabId, node: id } });
  else {
    useLayout.setState({ isInspectorOpen: true });
    focusField(path, id, null);
  }
}
