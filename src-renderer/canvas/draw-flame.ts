import type { FlameLayout } from '#shared/trace/flame-layout.ts';
import { type FlameSize, type FlameViewport, firstEndingAfter, flameRowHeight, rowOfBox } from './flame-viewport.ts';

/** How a flame looks: what it says of each box, and in which of its colours. */
export interface FlameLook {
  /** Colours by number, as CSS writes them; the text on them. */
  readonly colors: readonly string[];
  readonly onColor: string;
  readonly background: string;
  readonly outline: string;
  readonly font: string;
  /** The width of one letter of that (fixed-width) font, in pixels. */
  readonly letterWidth: number;
  /** The number of the colour of each box. */
  readonly colorOf: Uint8Array;
  readonly labelOf: (box: number) => string;
}

/** What stands out: boxes that a search found (null without one), the chosen and the hovered box (-1 for none). */
export interface FlameMarks {
  readonly found: Uint8Array | null;
  readonly chosen: number;
  readonly hovered: number;
}

/** Less room than for this many letters stays without a label. */
const leastLetters = 3;
const dimmed = 0.25;

/**
 * Draws what the viewport shows. Boxes that share a pixel are drawn as one: a row costs what its pixels cost, however many spans are in it.
 */
export function drawFlame(
  context: CanvasRenderingContext2D,
  layout: FlameLayout,
  viewport: FlameViewport,
  size: FlameSize,
  look: FlameLook,
  marks: FlameMarks,
): void {
  context.fillStyle = look.background;
  context.fillRect(0, 0, size.width, size.height);
  const boxes = listDrawn(layout, viewport, size, look, marks);
  for (const isLit of [false, true]) {
    context.globalAlpha = isLit ? 1 : dimmed;
    look.colors.forEach((color, number) => {
      const batch = boxes.batches[number * 2 + (isLit ? 1 : 0)] as number[];
      context.fillStyle = color;
      for (let at = 0; at < batch.length; at += 3) {
        context.fillRect(batch[at] as number, batch[at + 1] as number, batch[at + 2] as number, flameRowHeight - 1);
      }
    });
  }
  context.globalAlpha = 1;
  drawLabels(context, boxes.labelled, look);
  for (const box of [marks.hovered, marks.chosen]) if (box >= 0) outline(context, layout, viewport, size, box, box === marks.chosen, look);
}

/** The whole flame on a strip: each row as high as it may be, without labels. */
export function drawFlameStrip(context: CanvasRenderingContext2D, layout: FlameLayout, size: FlameSize, look: FlameLook): void {
  context.fillStyle = look.background;
  context.fillRect(0, 0, size.width, size.height);
  const height = Math.min(4, size.height / Math.max(1, layout.rows));
  const perUnit = size.width / Math.max(1e-12, layout.extent.to - layout.extent.from);
  for (let row = 0; row < layout.rows && row * height < size.height; row += 1) {
    const end = layout.rowStarts[row + 1] as number;
    for (let box = layout.rowStarts[row] as number; box < end; ) {
      const x = ((layout.from[box] as number) - layout.extent.from) * perUnit;
      const right = ((layout.to[box] as number) - layout.extent.from) * perUnit;
      context.fillStyle = look.colors[look.colorOf[box] as number] as string;
      context.fillRect(x, row * height, Math.max(1, right - x), Math.max(1, height - 0.5));
      box = firstEndingAfter(layout.to, layout.extent.from + Math.max(right, x + 1) / perUnit, box + 1, end);
    }
  }
}

interface DrawnBoxes {
  /** x, y, width of each box; two lists a colour: dimmed, lit. */
  readonly batches: readonly number[][];
  /** Box, x, y, width of what has room for a label. */
  readonly labelled: readonly number[];
}

function listDrawn(layout: FlameLayout, viewport: FlameViewport, size: FlameSize, look: FlameLook, marks: FlameMarks): DrawnBoxes {
  const batches = Array.from({ length: look.colors.length * 2 }, (): number[] => []);
  const labelled: number[] = [];
  const perUnit = size.width / (viewport.to - viewport.from);
  const leastWidth = leastLetters * look.letterWidth + 8;
  const firstRow = Math.max(0, Math.floor(viewport.top / flameRowHeight));
  const lastRow = Math.min(layout.rows - 1, Math.floor((viewport.top + size.height) / flameRowHeight));
  for (let row = firstRow; row <= lastRow; row += 1) {
    const y = row * flameRowHeight - viewport.top;
    const end = layout.rowStarts[row + 1] as number;
    let box = firstEndingAfter(layout.to, viewport.from, layout.rowStarts[row] as number, end);
    while (box < end && (layout.from[box] as number) < viewport.to) {
      const x = Math.max(0, ((layout.from[box] as number) - viewport.from) * perUnit);
      const right = Math.min(size.width, ((layout.to[box] as number) - viewport.from) * perUnit);
      const width = Math.max(1, right - x - (right - x > 3 ? 1 : 0));
      const isLit = marks.found === null || marks.found[box] === 1;
      (batches[(look.colorOf[box] as number) * 2 + (isLit ? 1 : 0)] as number[]).push(x, y, width);
      if (width >= leastWidth && isLit) labelled.push(box, x, y, width);
      // Whatever else ends within this pixel would be drawn over it.
      box = right - x >= 1 ? box + 1 : firstEndingAfter(layout.to, viewport.from + (Math.floor(x) + 1) / perUnit, box + 1, end);
    }
  }
  return { batches, labelled };
}

function drawLabels(context: CanvasRenderingContext2D, labelled: readonly number[], look: FlameLook): void {
  context.font = look.font;
  context.textBaseline = 'middle';
  context.fillStyle = look.onColor;
  for (let at = 0; at < labelled.length; at += 4) {
    const [box, x, y, width] = labelled.slice(at, at + 4) as [number, number, number, number];
    const letters = Math.floor((width - 8) / look.letterWidth);
    const label = look.labelOf(box);
    context.fillText(label.length <= letters ? label : `${label.slice(0, letters - 1)}…`, x + 4, y + flameRowHeight / 2);
  }
}

function outline(
  context: CanvasRenderingContext2D,
  layout: FlameLayout,
  viewport: FlameViewport,
  size: FlameSize,
  box: number,
  isChosen: boolean,
  look: FlameLook,
): void {
  const perUnit = size.width / (viewport.to - viewport.from);
  const x = ((layout.from[box] as number) - viewport.from) * perUnit;
  const width = Math.max(2, ((layout.to[box] as number) - (layout.from[box] as number)) * perUnit - 1);
  const row = rowOfBox(layout, box);
  context.strokeStyle = look.outline;
  context.lineWidth = isChosen ? 2 : 1;
  context.strokeRect(x + 0.5, row * flameRowHeight - viewport.top + 0.5, width - 1, flameRowHeight - 2);
}
