import { create } from 'zustand';

interface ProblemCounts {
  /** Problems of each open workflow, warnings included, by path. */
  readonly byPath: Readonly<Record<string, number>>;
}

/** How many problems each open workflow has; told by whoever validates it. */
export const useProblemCounts = create<ProblemCounts>()(() => ({ byPath: {} }));

export function setProblemCount(path: string, count: number): void {
  useProblemCounts.setState((store) => (store.byPath[path] === count ? store : { byPath: { ...store.byPath, [path]: count } }));
}
