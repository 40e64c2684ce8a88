import { create } from 'zustand';
import { keepHighlighted } from '../../state/canvas-view.ts';
import { useInsights } from '../../state/insights.ts';

/** The workflow whose critical path is shown on the canvas; null when none is. */
export const useShownPath = create<{ readonly path: string | null }>()(() => ({ path: null }));

/** Shows the critical path of the workflow on the canvas, or no longer. It stays right while the workflow is edited. */
export function showCriticalPath(path: string, isShown: boolean): void {
  useShownPath.setState({ path: isShown ? path : null });
  follow();
}

function follow(): void {
  const { path } = useShownPath.getState();
  keepHighlighted(path === null ? null : { path, nodes: useInsights.getState().byPath[path]?.plan.criticalPath.nodes ?? [] });
}

useInsights.subscribe((now, before) => {
  const { path } = useShownPath.getState();
  if (path !== null && now.byPath[path]?.plan !== before.byPath[path]?.plan) follow();
});
