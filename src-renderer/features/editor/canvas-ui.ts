import { create } from 'zustand';
import type { PortReference, Position } from '#shared/workflow/document.ts';
import type { SuggestedTransform } from '#shared/workflow/suggest-transform.ts';

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
  /** What the chosen kind is for. */
  readonly purpose:
    | { readonly type: 'add' }
    | { readonly type: 'replace'; readonly nodes: readonly string[] }
    | { readonly type: 'insert'; readonly edge: string };
}

/** One thing that can be done from a menu on the canvas; or several, one step further in. */
export type MenuEntry =
  | {
      readonly type: 'item';
      readonly label: string;
      readonly keys?: string | undefined;
      readonly isDangerous?: boolean;
      readonly run: () => void;
    }
  | { readonly type: 'more'; readonly label: string; readonly entries: readonly MenuEntry[] };

/** The menu of what was pointed at, in sections, at a place of the window in pixels. */
export interface CanvasMenu {
  readonly tabId: string;
  readonly label: string;
  readonly at: Position;
  readonly sections: readonly (readonly MenuEntry[])[];
}

/** A question about names that floats over the canvas. */
export type CanvasDialog =
  | { readonly type: 'renameNode'; readonly node: string }
  | { readonly type: 'renameGroup'; readonly group: string }
  | { readonly type: 'labelEdge'; readonly edge: string }
  | { readonly type: 'extract' };

/** A connection that was refused where it was dropped, in pixels from the top left of the canvas. */
export interface RefusedConnection {
  readonly tabId: string;
  readonly at: Position;
  readonly from: PortReference;
  readonly to: PortReference;
  readonly reason: string;
  readonly transform: SuggestedTransform | null;
}

interface CanvasUi {
  readonly quickAdd: QuickAdd | null;
  readonly edgesByTab: Readonly<Record<string, readonly string[]>>;
  readonly menu: CanvasMenu | null;
  readonly dialog: { readonly tabId: string; readonly about: CanvasDialog } | null;
  readonly refused: RefusedConnection | null;
  /** The note whose words are being written on the canvas. */
  readonly writing: { readonly path: string; readonly tabId: string; readonly node: string } | null;
  /** The node from whose outputs a connection is looked for. */
  readonly connecting: { readonly tabId: string; readonly node: string } | null;
}

/** What is open and selected on the canvases, apart from the selected nodes, which other panels know too. */
export const useCanvasUi = create<CanvasUi>()(() => ({
  quickAdd: null,
  edgesByTab: {},
  menu: null,
  dialog: null,
  refused: null,
  connecting: null,
  writing: null,
}));

const none: readonly string[] = [];

export function selectEdges(store: CanvasUi, tabId: string): readonly string[] {
  return store.edgesByTab[tabId] ?? none;
}

export function setSelectedEdges(tabId: string, edges: readonly string[]): void {
  useCanvasUi.setState((store) => ({ edgesByTab: { ...store.edgesByTab, [tabId]: edges } }));
}
