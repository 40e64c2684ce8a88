import type { Palette } from './palette.ts';
import { boundsOf, type Rect, type Scene } from './scene.ts';

/** How an overview maps the canvas: the part that it shows, and its pixels a unit. */
export interface OverviewFrame {
  readonly part: Rect;
  readonly scale: number;
}

/** What an overview of this size shows: all cards and what is in view, with a little room, in the middle. */
export function toOverviewFrame(cards: Rect | null, view: Rect, width: number, height: number): OverviewFrame {
  const all = boundsOf(cards === null ? [view] : [cards, view]) as Rect;
  const scale = Math.min(width / (all.width * 1.08), height / (all.height * 1.08));
  const shown = { width: width / scale, height: height / scale };
  return { part: { x: all.x + (all.width - shown.width) / 2, y: all.y + (all.height - shown.height) / 2, ...shown }, scale };
}

/** Draws every card as a speck of its colour. */
export function drawOverviewCards(
  context: CanvasRenderingContext2D,
  { cards }: Scene,
  { part, scale }: OverviewFrame,
  palette: Palette,
): void {
  const groups = new Map<string, Rect[]>();
  for (const card of cards) {
    const token = card.isSelected ? 'accent' : card.tone === 'running' || card.tone === 'failed' ? card.tone : card.kind;
    const group = groups.get(token);
    if (group === undefined) groups.set(token, [card]);
    else group.push(card);
  }
  for (const [token, group] of groups) {
    context.fillStyle = palette.of(token);
    // At least a pixel, or a thousand cards would fade away.
    for (const { x, y, width, height } of group)
      context.fillRect((x - part.x) * scale, (y - part.y) * scale, Math.max(1, width * scale), Math.max(1, height * scale));
  }
}

/** Shades what is not in view and draws a line around what is. */
export function drawOverviewMask(
  context: CanvasRenderingContext2D,
  view: Rect,
  { part, scale }: OverviewFrame,
  palette: Palette,
  width: number,
  height: number,
): void {
  const window = [(view.x - part.x) * scale, (view.y - part.y) * scale, view.width * scale, view.height * scale] as const;
  context.fillStyle = `color-mix(in srgb, ${palette.of('canvas')} 55%, transparent)`;
  context.beginPath();
  context.rect(0, 0, width, height);
  context.rect(...window);
  context.fill('evenodd');
  context.strokeStyle = palette.of('accent');
  context.lineWidth = 2;
  context.strokeRect(...window);
}
