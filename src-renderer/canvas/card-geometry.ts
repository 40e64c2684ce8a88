/** Everything on the canvas stands on this grid, in canvas units. */
export const gridSize = 8;

export const cardWidth = 184;
const noteWidth = 224;
/** The strip below a card that holds what a run came to. */
export const footerHeight = 28;

const smallestBody = 64;
const portSpacing = 20;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The height of a card without its footer: room for its two lines, and for its ports when there are many. */
export function toBodyHeight(inputCount: number, outputCount: number): number {
  return toGrid(Math.max(smallestBody, 24 + portSpacing * Math.max(inputCount, outputCount)), Math.ceil);
}

/** How far below the top of a card each of its ports stands, centred on the body. */
export function toPortOffsets(count: number, bodyHeight: number): readonly number[] {
  const first = (bodyHeight - (count - 1) * portSpacing) / 2;
  return Array.from({ length: count }, (_, index) => first + index * portSpacing);
}

/** The size of a note, guessed from its Markdown: 28 characters a line of 20 units, room after each block and above headings. */
export function toNoteSize(text: string): Size {
  const height = text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 28)) * 20 + 6 + (line.startsWith('#') ? 8 : 0), 0);
  return { width: noteWidth, height: toGrid(Math.min(400, Math.max(88, 28 + height)), Math.ceil) };
}

/** The nearest place on the grid. */
export function toGrid(value: number, round: (value: number) => number = Math.round): number {
  return round(value / gridSize) * gridSize + 0;
}
