import { toReach } from './edge-geometry.ts';
import type { Palette } from './palette.ts';
import { type LineLook, lineTouches, type Rect, type Scene, type SceneCard, type SceneLine, touches } from './scene.ts';

type Context = CanvasRenderingContext2D;

/** How cards are drawn from afar: as blocks with their names, or as dots of colour. */
export type FarDetail = 'block' | 'dot';

/** Draws what of a scene lies in a part of the canvas. The context is scaled to the canvas's units. */
export function drawScene(context: Context, scene: Scene, part: Rect, zoom: number, detail: FarDetail, palette: Palette): void {
  drawFrames(context, scene, part, zoom, palette);
  drawLines(context, scene.lines, part, zoom, detail, palette);
  drawCards(context, scene.cards, part, detail, palette);
}

function drawFrames(context: Context, { frames }: Scene, part: Rect, zoom: number, palette: Palette): void {
  context.lineWidth = 1.5 / zoom;
  for (const frame of frames) {
    if (!touches(frame, part)) continue;
    context.strokeStyle = palette.of(frame.colour);
    context.fillStyle = palette.mix(frame.colour, 8, 'canvas');
    context.fillRect(frame.x, frame.y, frame.width, frame.height);
    context.strokeRect(frame.x, frame.y, frame.width, frame.height);
    if (zoom < 0.08 || frame.title === '') continue;
    context.fillStyle = palette.of('ink-2');
    context.font = `600 ${12 / zoom}px ${palette.fontFamily}`;
    context.textAlign = 'left';
    context.textBaseline = 'bottom';
    context.fillText(frame.title, frame.x, frame.y - 3 / zoom, frame.width);
  }
}

interface LineStyle {
  readonly token: string;
  readonly width: number;
  readonly alpha: number;
  readonly dash: readonly number[];
}

/** The later is drawn over the earlier. Widths are in pixels of the screen: thinner lines would be lost. */
const lineStyles: Readonly<Record<LineLook, LineStyle>> = {
  skipped: { token: 'ink-3', width: 1, alpha: 0.35, dash: [2, 4] },
  idle: { token: 'ink-3', width: 1, alpha: 0.6, dash: [] },
  undo: { token: 'undoing', width: 1, alpha: 0.8, dash: [4, 4] },
  taken: { token: 'succeeded', width: 1.25, alpha: 1, dash: [] },
  flowing: { token: 'running', width: 1.75, alpha: 1, dash: [] },
  selected: { token: 'accent', width: 2, alpha: 1, dash: [] },
};
const looks = Object.keys(lineStyles) as LineLook[];

/** One path with too many curves takes longer than several with fewer. */
const linesPerPath = 256;

function drawLines(context: Context, lines: readonly SceneLine[], part: Rect, zoom: number, detail: FarDetail, palette: Palette): void {
  for (const look of looks) {
    const { token, width, alpha, dash } = lineStyles[look];
    let inPath = 0;
    const stroke = () => {
      if (inPath === 0) return;
      context.strokeStyle = palette.of(token);
      context.lineWidth = width / zoom;
      context.globalAlpha = alpha;
      context.setLineDash(dash.map((length) => length / zoom));
      context.stroke();
      inPath = 0;
    };
    for (const line of lines) {
      if (line.look !== look || !lineTouches(line, part)) continue;
      if (inPath === 0) context.beginPath();
      addLine(context, line, detail);
      inPath += 1;
      if (inPath === linesPerPath) stroke();
    }
    stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** From so far away that cards are dots, curves cannot be told from straight lines, which are drawn faster. */
function addLine(context: Context, { fromX, fromY, toX, toY, look }: SceneLine, detail: FarDetail): void {
  context.moveTo(fromX, fromY);
  if (detail === 'dot' || look === 'undo') context.lineTo(toX, toY);
  else {
    const reach = toReach(fromX, toX);
    context.bezierCurveTo(fromX + reach, fromY, toX - reach, toY, toX, toY);
  }
}

function drawCards(context: Context, cards: readonly SceneCard[], part: Rect, detail: FarDetail, palette: Palette): void {
  const groups = new Map<string, SceneCard[]>();
  for (const card of cards) {
    if (!touches(card, part)) continue;
    // Notes lie below cards; what is selected, above them.
    const key = `${card.shape === 'note' ? 0 : card.isSelected || card.isHighlighted ? 2 : 1}${lookOf(card)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [card]);
    else group.push(card);
  }
  const sorted = [...groups].sort(([a], [b]) => (a.charAt(0) < b.charAt(0) ? -1 : a.charAt(0) > b.charAt(0) ? 1 : 0));
  for (const [, group] of sorted) {
    const [first] = group;
    if (first === undefined) continue;
    context.globalAlpha = first.isFaint ? 0.55 : 1;
    if (detail === 'dot') drawDots(context, group, first, palette);
    else drawBlocks(context, group, first, palette);
  }
  context.globalAlpha = 1;
}

function lookOf({ kind, tone, shape, isSelected, isHighlighted, isFaint }: SceneCard): string {
  return `${shape} ${kind} ${tone} ${isSelected} ${isHighlighted} ${isFaint}`;
}

/** The tones that fill a card; the others only show at its border. */
const filling: ReadonlySet<string> = new Set(['running', 'failed', 'succeeded']);

function drawDots(
  context: Context,
  group: readonly SceneCard[],
  { kind, tone, shape, isSelected, isHighlighted }: SceneCard,
  palette: Palette,
) {
  const border =
    isHighlighted || isSelected ? 'accent' : shape === 'compensation' ? 'undoing' : tone !== null && !filling.has(tone) ? tone : null;
  if (border !== null) {
    context.fillStyle = palette.of(border);
    for (const { x, y, width, height } of group) context.fillRect(x - 8, y - 8, width + 16, height + 16);
  }
  context.fillStyle = isSelected
    ? palette.of('ink-1')
    : shape === 'note'
      ? palette.mix('code', 16, 'surface-1')
      : shape === 'compensation'
        ? palette.of('canvas')
        : palette.of(tone !== null && filling.has(tone) ? tone : kind);
  for (const { x, y, width, height } of group) context.fillRect(x, y, width, height);
}

function drawBlocks(
  context: Context,
  group: readonly SceneCard[],
  { kind, tone, shape, isSelected, isHighlighted }: SceneCard,
  palette: Palette,
) {
  const border =
    isHighlighted || isSelected
      ? 'accent'
      : tone !== null && tone !== 'succeeded'
        ? tone
        : shape === 'compensation'
          ? 'undoing'
          : 'line-strong';
  context.fillStyle =
    shape === 'note'
      ? palette.mix('code', 8, 'surface-1')
      : shape === 'compensation'
        ? palette.mix('undoing', 14, 'surface-1')
        : palette.mix(tone === 'running' || tone === 'failed' ? tone : kind, 30, 'surface-2');
  context.strokeStyle = palette.of(border);
  context.lineWidth = isSelected || isHighlighted ? 6 : border === 'line-strong' ? 2 : 4;
  for (const { x, y, width, height } of group) {
    context.beginPath();
    context.roundRect(x, y, width, height, 10);
    context.fill();
    context.stroke();
  }
  if (shape === 'note') return;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const card of group) {
    const middle = card.y + card.height / 2;
    const room = card.width - 24 - (card.tone === null ? 0 : 28) - (card.mark === null ? 0 : 40);
    const left = card.x + 12 + room / 2;
    context.fillStyle = palette.of('ink-1');
    context.font = `600 22px ${palette.fontFamily}`;
    const lines = toLines(context, card.name, room);
    lines.forEach((line, index) => {
      context.fillText(line, left, middle + (index - (lines.length - 1) / 2) * 26);
    });
    if (card.mark !== null) {
      context.fillStyle = palette.of('undoing');
      context.fillText(card.mark, card.x + card.width - 30 - (card.tone === null ? 0 : 28), middle);
    }
    if (card.tone === null) continue;
    context.fillStyle = palette.of(card.tone);
    context.beginPath();
    context.arc(card.x + card.width - 23, middle, 9, 0, 2 * Math.PI);
    context.fill();
  }
}

/** A name on two lines at most, the second cut where there is no more room. Names repeat from frame to frame, so they are kept. */
function toLines(context: Context, name: string, room: number): readonly string[] {
  const key = `${room} ${name}`;
  const known = wrapped.get(key);
  if (known !== undefined) return known;
  const fits = (text: string) => context.measureText(text).width <= room;
  let lines: readonly string[] = [name];
  if (!fits(name)) {
    const words = name.split(' ');
    let count = words.length - 1;
    while (count > 1 && !fits(words.slice(0, count).join(' '))) count -= 1;
    const head = words.length > 1 ? words.slice(0, count).join(' ') : '';
    const rest = words.length > 1 ? words.slice(count).join(' ') : name;
    lines = [head, rest].filter(Boolean).map((line) => cut(line, fits));
  }
  if (wrapped.size > 20_000) wrapped.clear();
  wrapped.set(key, lines);
  return lines;
}

const wrapped = new Map<string, readonly string[]>();

function cut(line: string, fits: (text: string) => boolean): string {
  if (fits(line)) return line;
  let end = line.length - 1;
  while (end > 1 && !fits(`${line.slice(0, end)}…`)) end -= 1;
  return `${line.slice(0, end)}…`;
}
