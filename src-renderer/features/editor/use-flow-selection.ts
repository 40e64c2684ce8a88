import type { EdgeChange, NodeChange } from '@xyflow/react';
import { useCallback } from 'react';
import { selectNodes, setSelectedNodes, useSelection } from '../../state/selection.ts';
import { selectEdges, setSelectedEdges, useCanvasUi } from './canvas-ui.ts';
import type { CardNode, FlowEdge } from './flow-elements.ts';

/** What is selected on a canvas, kept in the stores, and how the drawing library's wishes change it. */
export function useFlowSelection(tabId: string) {
  const nodes = useSelection((store) => selectNodes(store, tabId));
  const edges = useCanvasUi((store) => selectEdges(store, tabId));
  const changeNodes = useCallback(
    (changes: readonly NodeChange<CardNode>[]) => {
      const before = selectNodes(useSelection.getState(), tabId);
      const after = applySelection(before, changes);
      if (after !== before) setSelectedNodes(tabId, after);
    },
    [tabId],
  );
  const changeEdges = useCallback(
    (changes: readonly EdgeChange<FlowEdge>[]) => {
      const before = selectEdges(useCanvasUi.getState(), tabId);
      const after = applySelection(before, changes);
      if (after !== before) setSelectedEdges(tabId, after);
    },
    [tabId],
  );
  return { nodes, edges, changeNodes, changeEdges };
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
