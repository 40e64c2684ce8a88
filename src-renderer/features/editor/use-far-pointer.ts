import { type ReactFlowState, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useCallback, useEffect, useMemo, useState } from 'react';
import { cardAt, lineAt, type Scene, touches } from '../../canvas/scene.ts';
import type { CanvasLevel } from './canvas-level.ts';

/** How close the pointer must come to what is only painted, in pixels. */
const slop = 2;
const lineReach = 5;

const nothing: ReadonlySet<string> = new Set();

/**
 * What is under the pointer where cards are painted. It is mounted while the pointer is there, so that pressing, dragging, opening and
 * menus are the same from afar as close up. While a button is down it stays.
 */
export function useFarPointer(level: CanvasLevel, scene: () => Scene) {
  const store = useStoreApi();
  const [id, setId] = useState<string | null>(null);
  const isFar = level.type === 'far';
  useEffect(() => {
    if (!isFar) setId(null);
  }, [isFar]);

  const find = useCallback(
    (clientX: number, clientY: number): string | null => {
      const { transform, domNode } = store.getState();
      const box = domNode?.getBoundingClientRect();
      if (box === undefined) return null;
      const [x, y, zoom] = transform;
      const [atX, atY] = [(clientX - box.left - x) / zoom, (clientY - box.top - y) / zoom];
      const found = scene();
      // Between dots, edges lie too close for one to be meant.
      const line = zoom < 0.22 ? null : lineAt(found, atX, atY, lineReach / zoom);
      return (cardAt(found, atX, atY, slop / zoom) ?? line)?.id ?? null;
    },
    [store, scene],
  );
  const onPointerMove = useCallback(
    (event: PointerEvent) => {
      if (isFar && event.buttons === 0) setId(isOverCanvas(event.target) ? find(event.clientX, event.clientY) : null);
    },
    [isFar, find],
  );
  const pointedAt = useMemo(() => (id === null ? nothing : new Set([id])), [id]);
  return { pointedAt, onPointerMove, find };
}

/** Not over a panel that floats above the canvas. */
function isOverCanvas(target: EventTarget): boolean {
  return target instanceof Element && target.closest('.react-flow__renderer') !== null;
}

/** Tells which cards the frame that the user draws touches, mounted or not. */
export function useBoxSelection(scene: () => Scene, onSelect: (nodes: readonly string[]) => void): void {
  const store = useStoreApi();
  useEffect(
    () =>
      store.subscribe((now, before) => {
        if (!now.userSelectionActive || now.userSelectionRect === null || now.userSelectionRect === before.userSelectionRect) return;
        const frame = toCanvasRect(now.userSelectionRect, now.transform);
        onSelect(scene().cards.flatMap((card) => (touches(card, frame) ? [card.id] : [])));
      }),
    [store, scene, onSelect],
  );
}

function toCanvasRect(rect: NonNullable<ReactFlowState['userSelectionRect']>, [x, y, zoom]: ReactFlowState['transform']) {
  return { x: (rect.x - x) / zoom, y: (rect.y - y) / zoom, width: rect.width / zoom, height: rect.height / zoom };
}
