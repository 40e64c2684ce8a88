import { create } from 'zustand';

/** Which dialog about whole workflows is open, and for which one. */
export type BundleTask =
  | { readonly type: 'export'; readonly path: string }
  | { readonly type: 'saveAsTemplate'; readonly path: string }
  | { readonly type: 'import' };

export const useBundleTask = create<{ readonly task: BundleTask | null }>()(() => ({ task: null }));

export function closeBundleDialog(): void {
  useBundleTask.setState({ task: null });
}
