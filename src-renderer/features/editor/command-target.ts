import { useDialogs } from '../../app/dialogs.ts';
import { useConnection } from '../../state/connection.ts';
import { findDocument } from '../../state/documents.ts';
import { selectActiveTab, toTabId, useTabs } from '../../state/tabs.ts';
import { findActiveCanvas } from './canvas-handles.ts';
import { type EditorTarget, listSelected } from './editor-actions.ts';

/** The workflow in front, when it is open and its keys are free: the focus is on the canvas, nowhere, or in the palette. */
export function findTarget(): EditorTarget | null {
  const tab = selectActiveTab(useTabs.getState());
  if (tab?.type !== 'workflow' || findDocument(tab.path) === undefined || isFocusElsewhere()) return null;
  return { path: tab.path, tabId: toTabId(tab) };
}

/** The keys belong to a field or panel beside the canvas. */
function isFocusElsewhere(): boolean {
  // The palette asks before it has taken the focus.
  if (useDialogs.getState().isPaletteOpen) return false;
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return false;
  return focused.closest('.heddle-canvas, [role=dialog], .dv-tab') === null;
}

/** Whether workflows may be changed at all. */
export const isWritable = () => useConnection.getState().host?.isReadOnly !== true;
/** A workflow is in front. */
export const hasTarget = () => findTarget() !== null;
/** A canvas is in front, of a workflow or a run. */
export const hasCanvas = () => findActiveCanvas() !== null && !isFocusElsewhere();
/** A workflow is in front and may be changed. */
export const canEdit = () => hasTarget() && isWritable();
/** Nodes of a workflow are selected. */
export const hasSelection = () => {
  const target = findTarget();
  return target !== null && listSelected(target).length > 0;
};
/** Nodes of a workflow are selected and may be changed. */
export const canEditSelection = () => hasSelection() && isWritable();

/** Runs with the workflow in front; commands are only offered while there is one. */
export function withTarget(act: (target: EditorTarget) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const target = findTarget();
    return target === null ? undefined : act(target);
  };
}
