import { create } from 'zustand';

interface SelectionStore {
  /** Selected node ids by tab id. */
  readonly nodesByTab: Readonly<Record<string, readonly string[]>>;
  /** The frame looked at in Debug, by followed run. */
  readonly frameByRun: Readonly<Record<string, string>>;
}

export const useSelection = create<SelectionStore>()(() => ({ nodesByTab: {}, frameByRun: {} }));

const none: readonly string[] = [];

/** The selected nodes of a tab, the first selected first. */
export function selectNodes(store: SelectionStore, tabId: string | null): readonly string[] {
  return (tabId === null ? undefined : store.nodesByTab[tabId]) ?? none;
}

export function setSelectedNodes(tabId: string, nodes: readonly string[]): void {
  useSelection.setState((store) => ({ nodesByTab: { ...store.nodesByTab, [tabId]: nodes } }));
}

/** Selects a frame of a run, and with it the node it belongs to, so that canvas and frames agree. */
export function setSelectedFrame(runKey: string, frame: string): void {
  const node = frame.split('#')[0] as string;
  useSelection.setState((store) => ({
    frameByRun: { ...store.frameByRun, [runKey]: frame },
    nodesByTab: { ...store.nodesByTab, [runKey]: [node] },
  }));
}

/** Selects a node of a run; the inspector then shows its newest attempt. */
export function setSelectedRunNode(runKey: string, node: string | null): void {
  useSelection.setState((store) => {
    const { [runKey]: _frame, ...frameByRun } = store.frameByRun;
    return { frameByRun, nodesByTab: { ...store.nodesByTab, [runKey]: node === null ? [] : [node] } };
  });
}
