import { drawScene, type FarDetail } from './draw-scene.ts';
import { onThemeChange, type Palette, readPalette } from './palette.ts';
import { boxOfLine, contains, emptyScene, grow, type Rect, type Scene } from './scene.ts';

/** Where the canvas stands: what of it is in view, and how large. Sizes are in CSS pixels. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  readonly width: number;
  readonly height: number;
}

export interface ScenePainter {
  /** Shows this scene from the next frame on. What changed is found by identity and only that is drawn again. */
  setScene(scene: Scene): void;
  /** Shows this view from the next frame on; null shows nothing and draws nothing. */
  setView(view: View | null, detail: FarDetail): void;
  dispose(): void;
}

/**
 * A drawing that is kept beyond the edges of the view: moving about copies it. It is `scale` pixels a unit, and its top left corner is
 * the top left of `part`.
 */
interface Sheet {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  part: Rect;
  scale: number;
  zoom: number;
  detail: FarDetail;
  /** What it took to draw it whole, in milliseconds. */
  cost: number;
}

/** How much of the view's size is kept beyond each of its edges. */
const margin = 0.4;
/** While it zooms, a drawing that takes longer than this is stretched instead, until it has been still for so long. */
const affordableMs = 7;
const stillAfterMs = 90;
/** More changes than this, and all is drawn again. */
const mostChanges = 256;

/** Paints a scene on a canvas element, a frame at a time, as cheaply as what changed allows. */
export function createScenePainter(canvas: HTMLCanvasElement): ScenePainter {
  const screen = toContext(canvas);
  const sheetCanvas = document.createElement('canvas');
  const sheet: Sheet = {
    canvas: sheetCanvas,
    context: toContext(sheetCanvas),
    part: { x: 0, y: 0, width: 0, height: 0 },
    scale: 0,
    zoom: 0,
    detail: 'dot',
    cost: 0,
  };
  let scene = emptyScene;
  let painted = emptyScene;
  let view: View | null = null;
  let detail: FarDetail = 'dot';
  let palette: Palette | null = null;
  let frame = 0;
  let stillTimer: ReturnType<typeof setTimeout> | undefined;

  const request = () => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  const forget = () => {
    palette = null;
    sheet.scale = 0;
    request();
  };
  const stopWatching = onThemeChange(forget);
  void document.fonts.ready.then(forget);

  function paint(): void {
    frame = 0;
    if (view === null) {
      if (canvas.width !== 0) canvas.width = 0;
      return;
    }
    palette ??= readPalette(canvas);
    const ratio = devicePixelRatio;
    resize(canvas, Math.round(view.width * ratio), Math.round(view.height * ratio));
    const scale = view.zoom * ratio;
    const part = { x: -view.x / view.zoom, y: -view.y / view.zoom, width: view.width / view.zoom, height: view.height / view.zoom };
    bringUpToDate(part, scale, view.zoom);
    // Whole pixels: half of one would blur the copy and take longer.
    const stretch = scale / sheet.scale;
    const left = Math.round((sheet.part.x - part.x) * scale);
    const top = Math.round((sheet.part.y - part.y) * scale);
    screen.setTransform(1, 0, 0, 1, 0, 0);
    screen.clearRect(0, 0, canvas.width, canvas.height);
    if (stretch === 1) screen.drawImage(sheet.canvas, left, top);
    else screen.drawImage(sheet.canvas, left, top, sheet.canvas.width * stretch, sheet.canvas.height * stretch);
  }

  function bringUpToDate(part: Rect, scale: number, zoom: number): void {
    const isSameScale = sheet.scale === scale && sheet.detail === detail;
    if (isSameScale && contains(sheet.part, part)) {
      drawChanges();
      return;
    }
    clearTimeout(stillTimer);
    const ratio = sheet.scale === 0 ? 0 : scale / sheet.scale;
    if (!isSameScale && sheet.cost > affordableMs && sheet.detail === detail && ratio > 0.4 && ratio < 2.5) {
      stillTimer = setTimeout(() => {
        sheet.cost = 0;
        request();
      }, stillAfterMs);
      drawChanges();
      return;
    }
    const hasRoom = sheet.part.width > part.width && sheet.part.height > part.height;
    if (isSameScale && hasRoom && painted === scene) moveSheet(part);
    else drawWhole(part, scale, zoom);
  }

  function drawWhole(part: Rect, scale: number, zoom: number): void {
    const startedAtMs = performance.now();
    sheet.part = grow(part, Math.max(part.width, part.height) * margin);
    Object.assign(sheet, { scale, zoom, detail });
    resize(sheet.canvas, Math.ceil(sheet.part.width * scale), Math.ceil(sheet.part.height * scale));
    drawPart(sheet.part);
    painted = scene;
    sheet.cost = performance.now() - startedAtMs;
  }

  /** Moves the sheet under the view: what it still holds is copied, only the strips that come into it are drawn. */
  function moveSheet(part: Rect): void {
    const { scale } = sheet;
    const before = sheet.part;
    const wanted = grow(part, (before.width - part.width) / 2);
    const dx = Math.round((before.x - wanted.x) * scale);
    const dy = Math.round((before.y - wanted.y) * scale);
    const { width, height } = sheet.canvas;
    sheet.part = { ...before, x: before.x - dx / scale, y: before.y - dy / scale };
    if (Math.abs(dx) >= width || Math.abs(dy) >= height) {
      drawPart(sheet.part);
      return;
    }
    sheet.context.setTransform(1, 0, 0, 1, 0, 0);
    sheet.context.globalCompositeOperation = 'copy';
    sheet.context.drawImage(sheet.canvas, dx, dy);
    sheet.context.globalCompositeOperation = 'source-over';
    const { x, y } = sheet.part;
    const [stripWidth, stripHeight] = [Math.abs(dx) / scale, Math.abs(dy) / scale];
    if (dx !== 0) drawPart({ x: dx > 0 ? x : x + before.width - stripWidth, y, width: stripWidth, height: before.height });
    if (dy !== 0) drawPart({ x, y: dy > 0 ? y : y + before.height - stripHeight, width: before.width, height: stripHeight });
  }

  function drawChanges(): void {
    if (painted === scene) return;
    const changes = listChanges(painted, scene);
    painted = scene;
    if (changes === null) {
      const startedAtMs = performance.now();
      drawPart(sheet.part);
      sheet.cost = performance.now() - startedAtMs;
      return;
    }
    // Room for borders, which are drawn around what changed.
    for (const change of changes) drawPart(grow(change, 10 + 3 / sheet.zoom));
  }

  function drawPart(part: Rect): void {
    const { context, scale } = sheet;
    const left = Math.floor((part.x - sheet.part.x) * scale);
    const top = Math.floor((part.y - sheet.part.y) * scale);
    const right = Math.ceil((part.x + part.width - sheet.part.x) * scale);
    const bottom = Math.ceil((part.y + part.height - sheet.part.y) * scale);
    if (right <= 0 || bottom <= 0 || left >= sheet.canvas.width || top >= sheet.canvas.height) return;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.clearRect(left, top, right - left, bottom - top);
    context.setTransform(scale, 0, 0, scale, -sheet.part.x * scale, -sheet.part.y * scale);
    // A little more: what stands just outside reaches in with its border.
    drawScene(context, scene, grow(part, 10 + 3 / sheet.zoom), sheet.zoom, sheet.detail, palette as Palette);
    context.restore();
  }

  return {
    setScene(next) {
      if (next === scene) return;
      scene = next;
      if (view !== null) request();
    },
    setView(next, nextDetail) {
      view = next;
      detail = nextDetail;
      request();
    },
    dispose() {
      cancelAnimationFrame(frame);
      clearTimeout(stillTimer);
      stopWatching();
    },
  };
}

/** The parts that look different now; null when that is most of it, or things have come or gone. */
function listChanges(before: Scene, after: Scene): readonly Rect[] | null {
  if (before.frames !== after.frames && (before.frames.length > 0 || after.frames.length > 0)) return null;
  const changes: Rect[] = [];
  const areFew = collect(before.cards, after.cards, changes, (card) => card) && collect(before.lines, after.lines, changes, boxOfLine);
  return areFew ? changes : null;
}

function collect<Item extends { readonly id: string }>(
  before: readonly Item[],
  after: readonly Item[],
  changes: Rect[],
  toRect: (item: Item) => Rect,
): boolean {
  if (before === after) return true;
  if (before.length !== after.length) return false;
  for (let index = 0; index < after.length; index += 1) {
    const [was, is] = [before[index] as Item, after[index] as Item];
    if (was === is) continue;
    if (was.id !== is.id || changes.length >= mostChanges) return false;
    changes.push(toRect(was), toRect(is));
  }
  return true;
}

function toContext(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This window cannot draw on a canvas');
  return context;
}

/** Setting a size empties a canvas, even the same. */
function resize(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
