import { useStoreApi } from '@xyflow/react';
import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Scene } from '../../canvas/scene.ts';
import { createScenePainter, type ScenePainter } from '../../canvas/scene-painter.ts';
import type { CanvasLevel } from './canvas-level.ts';
import { toDetail } from './detail.ts';

/** The cards and edges as they are painted from afar, below what is mounted. For eyes only: the canvas says what is selected. */
export function FarLayer({ scene, level }: { readonly scene: Scene; readonly level: CanvasLevel }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = usePainter(canvas);
  const store = useStoreApi();
  const isFar = level.type === 'far';

  // With the commit, not after it: what has happened is painted in the very next frame.
  useLayoutEffect(() => {
    if (isFar) painter.current?.setScene(scene);
  }, [painter, scene, isFar]);

  useLayoutEffect(() => {
    const update = () => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const isPainted = isFar && width > 0;
      painter.current?.setView(isPainted ? { x, y, zoom, width, height } : null, toDetail(zoom) === 'dot' ? 'dot' : 'block');
    };
    update();
    return isFar
      ? store.subscribe((now, before) => {
          if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) update();
        })
      : undefined;
  }, [painter, store, isFar]);

  return <canvas ref={canvas} aria-hidden className="heddle-far-layer" data-painted={isFar || undefined} />;
}

/** One painter for as long as the canvas is there. */
function usePainter(canvas: RefObject<HTMLCanvasElement | null>): RefObject<ScenePainter | null> {
  const painter = useRef<ScenePainter | null>(null);
  useLayoutEffect(() => {
    if (canvas.current === null) return undefined;
    const made = createScenePainter(canvas.current);
    painter.current = made;
    return () => {
      painter.current = null;
      made.dispose();
    };
  }, [canvas]);
  return painter;
}
