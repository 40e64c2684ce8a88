import { create } from 'zustand';
import type { Position } from '#shared/workflow/document.ts';

/** One end of an edge that is looking for the other. */
export interface DanglingEnd {
  readonly node: string;
  readonly port: string;
  readonly side: 'inputs' | 'outputs';
}

/** The search that adds a node: where it hangs in the canvas, where the node goes, and what it is connected to. */
export interface QuickAdd {
  readonly tabId: string;
  /** In CSS pixels from the top left of the canvas. */
  readonly at: Position;
  /** In canvas units: the top left corner of the new node; null for a free place behind `after`. */
  readonly place: Position | null;
  readonly end: DanglingEnd | null;
}

interface CanvasUi {
  readonly quickAdd: QuickAdd | null;
  /** The tab whose canvas shows the search for a node. */
  readonly findIn: string | null;
  readonly edgesByTab: Readonly<Record<string, readonly string[]>>;
}

/** What is open and selected on the canvases, apart from the selected nodes, which other panels know too. */
export const useCanvasUi = create<CanvasUi>()(() => ({ quickAdd: null, findIn: null, edgesByTab: {} }));

const none: readonly string[] = [];

export function selectEdges(store: CanvasUi, tabId: string): readonly string[] {
  return store.edgesByTab[tabId] ?? none;
}

export function setSelectedEdges(tabId: string, edges: readonly string[]): void {
  useCanvasUi.setState((store) => ({ edgesByTab: { ...store.edgesByTab, [tabId]: edges } }));
}
