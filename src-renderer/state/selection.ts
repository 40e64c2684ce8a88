import { create } from 'zustand';
import { parseFrame, scopeOf } from '#shared/run/frame.ts';

interface SelectionStore {
  /** Selected node ids by tab id; in a run, their addresses. */
  readonly nodesByTab: Readonly<Record<string, readonly string[]>>;
  /** The frame looked at in Debug, by followed run. */
  readonly frameByRun: Readonly<Record<string, string>>;
  /** The scope whose graph is looked at, by followed run; left out for the run's own. */
  readonly scopeByRun: Readonly<Record<string, string>>;
}

export const useSelection = create<SelectionStore>()(() => ({ nodesByTab: {}, frameByRun: {}, scopeByRun: {} }));

const none: readonly string[] = [];

/** The selected nodes of a tab, the first selected first. */
export function selectNodes(store: SelectionStore, tabId: string | null): readonly string[] {
  return (tabId === null ? undefined : store.nodesByTab[tabId]) ?? none;
}

/** The scope whose graph a run's tab shows; empty for the run's own. */
export function selectScope(store: SelectionStore, runKey: string): string {
  return store.scopeByRun[runKey] ?? '';
}

export function setSelectedNodes(tabId: string, nodes: readonly string[]): void {
  useSelection.setState((store) => ({ nodesByTab: { ...store.nodesByTab, [tabId]: nodes } }));
}

/** Selects a frame of a run, and with it the node it belongs to and the graph that node is in, so that canvas and frames agree. */
export function setSelectedFrame(runKey: string, frame: string): void {
  const { node } = parseFrame(frame);
  useSelection.setState((store) => ({
    frameByRun: { ...store.frameByRun, [runKey]: frame },
    nodesByTab: { ...store.nodesByTab, [runKey]: [node] },
    scopeByRun: { ...store.scopeByRun, [runKey]: scopeOf(node) },
  }));
}

/** Selects a node of a run by its address; the inspector then shows its newest attempt. Null selects nothing in the graph that is shown. */
export function setSelectedRunNode(runKey: string, address: string | null): void {
  useSelection.setState((store) => {
    const { [runKey]: _frame, ...frameByRun } = store.frameByRun;
    return {
      frameByRun,
      nodesByTab: { ...store.nodesByTab, [runKey]: address === null ? [] : [address] },
      scopeByRun: address === null ? store.scopeByRun : { ...store.scopeByRun, [runKey]: scopeOf(address) },
    };
  });
}

/** Shows the graph of a scope with nothing selected, or (empty) that of the run itself. */
export function enterScope(runKey: string, scope: string, selected: string | null = null): void {
  useSelection.setState((store) => {
    const { [runKey]: _frame, ...frameByRun } = store.frameByRun;
    return {
      frameByRun,
      nodesByTab: { ...store.nodesByTab, [runKey]: selected === null ? [] : [selected] },
      scopeByRun: { ...store.scopeByRun, [runKey]: scope },
    };
  });
}
