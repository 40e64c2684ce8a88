import { useStore } from '@xyflow/react';

/** How much of a node is worth drawing: far away, cards become blocks, then dots. */
export type Detail = 'full' | 'block' | 'dot';

/** Below 0.5 the small text of a card is under 6 px; below 0.22 a name is too. */
export function toDetail(zoom: number): Detail {
  if (zoom >= 0.5) return 'full';
  return zoom >= 0.22 ? 'block' : 'dot';
}

/** The detail of the canvas around this component; changes only when a border is crossed. */
export function useDetail(): Detail {
  return useStore((store) => toDetail(store.transform[2]));
}
