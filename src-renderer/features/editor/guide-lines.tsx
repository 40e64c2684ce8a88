import { useStore, ViewportPortal } from '@xyflow/react';
import type { Guide } from '../../canvas/guides.ts';

/** The lines along which what is dragged stands in line with others. */
export function GuideLines({ guides }: { readonly guides: readonly Guide[] }) {
  const zoom = useStore((store) => store.transform[2]);
  if (guides.length === 0) return null;
  return (
    <ViewportPortal>
      {guides.map(({ axis, at, from, to }) => (
        <div
          key={`${axis}${at}`}
          aria-hidden
          className="heddle-guide pointer-events-none absolute top-0 left-0 bg-accent"
          style={
            axis === 'x'
              ? { transform: `translate(${at}px, ${from}px)`, width: 1 / zoom, height: to - from }
              : { transform: `translate(${from}px, ${at}px)`, width: to - from, height: 1 / zoom }
          }
        />
      ))}
    </ViewportPortal>
  );
}
