import { create } from 'zustand';

interface FindUi {
  /** The tab whose workflow is searched, or null while the bar is closed. */
  readonly tabId: string | null;
  readonly isReplacing: boolean;
  /** A new number asks the bar for the focus. */
  readonly calls: number;
  readonly query: string;
  readonly replacement: string;
  readonly matchCase: boolean;
  readonly wholeWord: boolean;
  readonly isPattern: boolean;
}

/** What is looked for; kept while the bar is closed, as is usual. */
export const useFindUi = create<FindUi>()(() => ({
  tabId: null,
  isReplacing: false,
  calls: 0,
  query: '',
  replacement: '',
  matchCase: false,
  wholeWord: false,
  isPattern: false,
}));

/** Opens the bar over the workflow of a tab, or puts the cursor into it. */
export function openFind(tabId: string, isReplacing: boolean): void {
  useFindUi.setState((store) => ({ tabId, isReplacing, calls: store.calls + 1 }));
}
