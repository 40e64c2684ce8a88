import type { Size } from './card-geometry.ts';
import { distanceToEdge, toReach } from './edge-geometry.ts';

/** A part of the canvas, in its units. */
export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

/** A card or note as it is drawn from afar. A card that shows the same as before is the same object. */
export interface SceneCard extends Rect {
  readonly id: string;
  readonly name: string;
  /** The colour token of its kind: `agent`, `tool`. */
  readonly kind: string;
  /** The colour token of what a run did there; null where none is shown or nothing happened. */
  readonly tone: string | null;
  /** Its place in the undoing, as it is written on it. */
  readonly mark: string | null;
  readonly shape: 'card' | 'note' | 'compensation';
  readonly isSelected: boolean;
  readonly isHighlighted: boolean;
  readonly isFaint: boolean;
}

/** An edge as it is drawn from afar. */
export interface SceneLine {
  readonly id: string;
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly look: LineLook;
}

/** `undo` links a node to what undoes it; `selected` is whatever the user points at. */
export type LineLook = 'idle' | 'skipped' | 'taken' | 'flowing' | 'undo' | 'selected';

/** The frame around a group. */
export interface SceneFrame extends Rect {
  readonly id: string;
  readonly title: string;
  /** The colour token of the frame. */
  readonly colour: string;
}

/** Everything on a canvas, in the order in which it is drawn: frames, lines, cards. */
export interface Scene {
  readonly frames: readonly SceneFrame[];
  readonly lines: readonly SceneLine[];
  readonly cards: readonly SceneCard[];
}

export const emptyScene: Scene = { frames: [], lines: [], cards: [] };

/*
 * Everything below looks at each item: 10,000 cards take about 20 µs, which an index could not earn back, as every drag would have to
 * keep it.
 */

/** The card at a point, the one drawn last; null when there is none. `slop` is how far beside it still counts. */
export function cardAt({ cards }: Scene, x: number, y: number, slop = 0): SceneCard | null {
  let note: SceneCard | null = null;
  for (let index = cards.length - 1; index >= 0; index -= 1) {
    const card = cards[index] as SceneCard;
    if (x < card.x - slop || x > card.x + card.width + slop || y < card.y - slop || y > card.y + card.height + slop) continue;
    if (card.shape !== 'note') return card;
    note ??= card;
  }
  return note;
}

/** The edge closest to a point, within `reach` of it; null when there is none. Links to compensations cannot be picked. */
export function lineAt({ lines }: Scene, x: number, y: number, reach: number): SceneLine | null {
  let best: SceneLine | null = null;
  let least = reach;
  const around = { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
  for (const line of lines) {
    if (line.look === 'undo' || !lineTouches(line, around)) continue;
    const distance = distanceToEdge({ x: line.fromX, y: line.fromY }, { x: line.toX, y: line.toY }, { x, y });
    if (distance > least) continue;
    least = distance;
    best = line;
  }
  return best;
}

/** True when two parts of the canvas have something in common. */
export function touches(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

/** True when the box around an edge's curve touches a part of the canvas; without making the box, as it is asked for every edge. */
export function lineTouches({ fromX, fromY, toX, toY, look }: SceneLine, rect: Rect): boolean {
  const swing = toSwing(fromX, toX, look);
  return (
    Math.min(fromX, toX) - swing <= rect.x + rect.width &&
    Math.max(fromX, toX) + swing >= rect.x &&
    Math.min(fromY, toY) <= rect.y + rect.height &&
    Math.max(fromY, toY) >= rect.y
  );
}

/** The box around an edge's curve. */
export function boxOfLine({ fromX, fromY, toX, toY, look }: SceneLine): Rect {
  const swing = toSwing(fromX, toX, look);
  const left = Math.min(fromX, toX) - swing;
  return { x: left, y: Math.min(fromY, toY), width: Math.max(fromX, toX) + swing - left, height: Math.abs(fromY - toY) };
}

/** How far the curve of an edge that leads back swings out on both sides. */
function toSwing(fromX: number, toX: number, look: LineLook): number {
  return toX >= fromX || look === 'undo' ? 0 : toReach(fromX, toX);
}

/** What cards and frames take up together; null when there are none. */
export function boundsOf(rects: Iterable<Rect>): Rect | null {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x, y, width, height } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left > right ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

/** A part of the canvas with so much more on each side. */
export function grow({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** True when the second part lies within the first. */
export function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
