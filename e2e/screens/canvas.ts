import type { Locator, Page } from '@playwright/test';

/** A canvas as a person sees it: cards by their names, ports by side and name. */
export interface Canvas {
  readonly surface: Locator;
  /** What the canvas says of its selection. */
  readonly said: Locator;
  /** All cards that are mounted, in no order. */
  readonly cards: Locator;
  card(name: string): Locator;
  port(card: string, port: string): Locator;
  /** Drags from one port to another, or to a place, and lets go there. */
  drag(from: Locator, to: Locator | Place): Promise<void>;
  /** A place in the canvas as fractions of its width and height, in pixels of the page. */
  at(x: number, y: number): Promise<Place>;
  /** Where a place of the canvas is, in pixels of the page. */
  toPixels(place: Place): Promise<Place>;
  /** Half-way between two cards that stand side by side, where the edge between them is. */
  between(left: string, right: string): Promise<Place>;
}

/** In pixels of the page. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The canvas of a workflow that is being edited. `port` is said as its label: `output topic`. */
export function editorCanvas(page: Page, workflow: string): Canvas {
  return toCanvas(page, `Canvas of ${workflow}`);
}

/** The canvas of a run. */
export function runCanvas(page: Page, workflow: string): Canvas {
  return toCanvas(page, `Canvas of the run of ${workflow}`);
}

function toCanvas(page: Page, name: string): Canvas {
  const surface = page.getByRole('application', { name, exact: true });
  const card = (cardName: string) => surface.getByRole('group', { name: cardName, exact: true });
  return {
    surface,
    said: page.locator('.heddle-canvas', { has: surface }).locator('[aria-live=polite].sr-only'),
    cards: surface.getByRole('group'),
    card,
    port: (cardName, port) => card(cardName).getByRole('img', { name: port, exact: true }),
    drag: (from, to) => dragTo(page, from, to),
    at: async (x, y) => {
      const box = await boxOf(surface);
      return { x: box.x + box.width * x, y: box.y + box.height * y };
    },
    toPixels: async ({ x, y }) => {
      const box = await boxOf(surface);
      const [left, top, zoom] = await surface.locator('.react-flow__viewport').evaluate((viewport) => {
        const matrix = new DOMMatrix(getComputedStyle(viewport).transform);
        return [matrix.e, matrix.f, matrix.a] as const;
      });
      return { x: box.x + left + x * zoom, y: box.y + top + y * zoom };
    },
    between: async (left, right) => {
      const [from, to] = [await boxOf(card(left)), await boxOf(card(right))];
      return { x: (from.x + from.width + to.x) / 2, y: (from.y + from.height / 2 + to.y + to.height / 2) / 2 };
    },
  };
}

/** As a hand does it: press, move in steps, let go. */
export async function dragTo(page: Page, from: Locator, to: Locator | Place, letGo = true): Promise<void> {
  // Hovering waits until it stands still, and that nothing covers it.
  await from.hover();
  const start = await centreOf(from);
  const end = 'x' in to ? to : await centreOf(to);
  await page.mouse.down();
  // A drag begins with a small movement; what the first one covers, the card stays behind.
  await page.mouse.move(start.x + 2, start.y + 2);
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
  await page.mouse.move(end.x, end.y, { steps: 4 });
  if (letGo) await page.mouse.up();
}

async function centreOf(locator: Locator): Promise<Place> {
  const { x, y, width, height } = await boxOf(locator);
  return { x: x + width / 2, y: y + height / 2 };
}

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await locator.waitFor();
  const box = await locator.boundingBox();
  if (box === null) throw new Error('It is not on the screen');
  return box;
}
