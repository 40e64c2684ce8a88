import { type EdgeChange, type NodeChange, useStoreApi } from '@xyflow/react';
import { useCallback } from 'react';
import { selectNodes, setSelectedNodes, useSelection } from '../../state/selection.ts';
import { selectEdges, setSelectedEdges, useCanvasUi } from './canvas-ui.ts';
import type { CardNode, FlowEdge } from './flow-elements.ts';

/** What is selected on a canvas, kept in the stores, and how the drawing library's wishes change it. */
export function useFlowSelection(tabId: string) {
  const store = useStoreApi<CardNode, FlowEdge>();
  const nodes = useSelection((selection) => selectNodes(selection, tabId));
  const edges = useCanvasUi((ui) => selectEdges(ui, tabId));
  const changeNodes = useCallback(
    (changes: readonly NodeChange<CardNode>[]) => {
      const { multiSelectionActive, userSelectionActive, nodeLookup } = store.getState();
      // The library knows of mounted cards only; whoever draws a frame is told by `useBoxSelection`.
      if (userSelectionActive) return;
      const before = selectNodes(useSelection.getState(), tabId);
      const isNew = !multiSelectionActive && changes.some((change) => change.type === 'select' && change.selected);
      const after = applySelection(isNew ? before.filter((id) => nodeLookup.has(id)) : before, changes);
      if (after !== before) setSelectedNodes(tabId, after);
    },
    [store, tabId],
  );
  const changeEdges = useCallback(
    (changes: readonly EdgeChange<FlowEdge>[]) => {
      const { multiSelectionActive, nodeLookup } = store.getState();
      const before = selectEdges(useCanvasUi.getState(), tabId);
      const after = applySelection(before, changes);
      if (after === before) return;
      setSelectedEdges(tabId, after);
      const nodesBefore = selectNodes(useSelection.getState(), tabId);
      if (!multiSelectionActive && after.length > 0)
        setSelectedNodes(
          tabId,
          nodesBefore.filter((id) => nodeLookup.has(id)),
        );
    },
    [store, tabId],
  );
  const selectOnly = useCallback(
    (ids: readonly string[]) => {
      setSelectedEdges(tabId, []);
      setSelectedNodes(tabId, ids);
    },
    [tabId],
  );
  return { nodes, edges, changeNodes, changeEdges, selectOnly };
}

/** The selection after these changes; the same list when none of them is about selecting. */
export function applySelection(
  selected: readonly string[],
  changes: readonly { readonly type: string; readonly id?: string; readonly selected?: boolean }[],
): readonly string[] {
  const next = new Set(selected);
  let isChanged = false;
  for (const change of changes) {
    if (change.type !== 'select' || change.id === undefined || next.has(change.id) === change.selected) continue;
    isChanged = true;
    if (change.selected) next.add(change.id);
    else next.delete(change.id);
  }
  return isChanged ? [...next] : selected;
}
