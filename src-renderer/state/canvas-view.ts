import { create } from 'zustand';

/** A wish that the canvas or the inspector fulfils once; a new object is a new wish. */
interface FocusWish {
  readonly path: string;
  readonly node: string;
  /** The config key of the field to go to; null for the first one. */
  readonly field: string | null;
}

interface CanvasViewStore {
  /** The node that the canvas of this workflow is to bring into view. */
  readonly reveal: { readonly path: string; readonly node: string } | null;
  readonly focusField: FocusWish | null;
  /** The hook, by its place in the list, and the field of it to go to. */
  readonly focusHook: { readonly path: string; readonly hook: number; readonly field: string } | null;
  /** Nodes that another panel points at, by path of the workflow. */
  readonly highlighted: { readonly path: string; readonly nodes: ReadonlySet<string> } | null;
}

/** What other panels ask of the canvas and the inspector. */
export const useCanvasView = create<CanvasViewStore>()(() => ({
  reveal: null,
  focusField: null,
  focusHook: null,
  highlighted: null,
}));

/** Brings a node into view; whoever selects it does so apart. */
export function revealNode(path: string, node: string): void {
  useCanvasView.setState({ reveal: { path, node } });
}

/** Puts the cursor into a field of a node's inspector. */
export function focusField(path: string, node: string, field: string | null): void {
  useCanvasView.setState({ focusField: { path, node, field } });
}

/** Puts the cursor into a field of a hook; the inspector must show the workflow. */
export function focusHook(path: string, hook: number, field: string): void {
  useCanvasView.setState({ focusHook: { path, hook, field } });
}

/** Points at nodes on the canvas; an empty list points at none, but at what is kept. */
export function highlightNodes(path: string, nodes: readonly string[]): void {
  useCanvasView.setState({ highlighted: nodes.length === 0 ? kept : { path, nodes: new Set(nodes) } });
}

/** Points at nodes whenever nothing else does, until this is called with null. */
export function keepHighlighted(wanted: { readonly path: string; readonly nodes: readonly string[] } | null): void {
  kept = wanted === null || wanted.nodes.length === 0 ? null : { path: wanted.path, nodes: new Set(wanted.nodes) };
  useCanvasView.setState({ highlighted: kept });
}

let kept: CanvasViewStore['highlighted'] = null;
