import { focusField } from '../../state/canvas-view.ts';
import { findDocument } from '../../state/documents.ts';
import { useLayout } from '../../state/layout.ts';
import { openInside } from './trail.ts';

/** What a node runs opens, with the way back; every other node shows its settings. */
export function openNode(path: string, id: string): void {
  const node = findDocument(path)?.document.nodes.find((candidate) => candidate.id === id);
  if (node === undefined || openInside(path, node)) return;
  useLayout.setState({ isInspectorOpen: true });
  focusField(path, id, null);
}
