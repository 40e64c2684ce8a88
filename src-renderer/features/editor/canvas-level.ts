import { useStoreApi } from '@xyflow/react';
import { useLayoutEffect, useState } from 'react';
import { contains, grow, lineTouches, type Rect, type SceneCard, type SceneLine, touches } from '../../canvas/scene.ts';
import { toDetail } from './detail.ts';
import type { Link } from './flow-links.ts';

/**
 * Who draws the cards. A small graph is mounted whole at every zoom, so that each card is an element that a screen reader finds. Of a
 * large one, close up, what is in view and a little more is mounted; from further away nothing but what is pointed at, and all of it
 * is painted.
 */
export type CanvasLevel = { readonly type: 'whole' } | { readonly type: 'near'; readonly window: Rect } | { readonly type: 'far' };

/** So many cards are mounted at once without being felt: a screen full of them at 50 %. */
export const mostMounted = 150;

/** How much is mounted beyond the view, in pixels: moving about mounts little by little. */
const margin = 240;

const whole: CanvasLevel = { type: 'whole' };
const far: CanvasLevel = { type: 'far' };

/** The level for a view; the one before, the same object, while it still serves. */
export function toLevel(
  before: CanvasLevel,
  cardCount: number,
  [x, y, zoom]: readonly [number, number, number],
  width: number,
  height: number,
): CanvasLevel {
  if (cardCount <= mostMounted) return whole;
  if (width === 0 || toDetail(zoom) !== 'full') return far;
  const view = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
  const serves = before.type === 'near' && contains(before.window, view) && before.window.width < view.width + (3 * margin) / zoom;
  return serves ? before : { type: 'near', window: grow(view, margin / zoom) };
}

/** The level of the canvas around this component. */
export function useCanvasLevel(cardCount: number): CanvasLevel {
  const store = useStoreApi();
  const [level, setLevel] = useState<CanvasLevel>(cardCount <= mostMounted ? whole : far);
  useLayoutEffect(() => {
    const update = () => {
      const { transform, width, height } = store.getState();
      setLevel((before) => toLevel(before, cardCount, transform, width, height));
    };
    update();
    return store.subscribe(update);
  }, [store, cardCount]);
  return level;
}

/** The places of the cards and links that are mounted; null for all. */
export interface Mounted {
  readonly cards: readonly number[];
  readonly links: readonly number[];
}

/** What is mounted at a level: with each edge both its ends, and always what is pointed at. */
export function pickMounted(
  level: CanvasLevel,
  cards: readonly SceneCard[],
  lines: readonly SceneLine[],
  links: readonly Link[],
  pointedAt: ReadonlySet<string>,
): Mounted | null {
  if (level.type === 'whole') return null;
  const window = level.type === 'near' ? level.window : null;
  const mountedLinks = lines.flatMap((line, index) =>
    pointedAt.has(line.id) || (window !== null && lineTouches(line, window)) ? [index] : [],
  );
  const ends = new Set(mountedLinks.flatMap((index) => [links[index]?.from, links[index]?.to]));
  const mountedCards = cards.flatMap((card, index) =>
    ends.has(index) || pointedAt.has(card.id) || (window !== null && touches(card, window)) ? [index] : [],
  );
  return { cards: mountedCards, links: mountedLinks };
}
