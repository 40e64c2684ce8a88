/** What the bench asks of a page, ours or the peer's. */
export interface BenchPage {
  /** Shows the whole graph, or its middle at zoom 1. */
  place(where: 'fit' | 'close'): void;
  /** Moves the view by so many pixels in each of so many frames, to and fro; gives what each frame took, in milliseconds. */
  pan(frames: number, step: number): Promise<readonly number[]>;
  /** Changes the state of one node, in the middle of what is in view. */
  changeStatus(): void;
  /** How many frames it takes from a change of state until it is on the canvas. */
  countFramesToPaint(): Promise<number>;
}

interface Flow {
  getViewport(): { x: number; y: number; zoom: number };
  setViewport(viewport: { x: number; y: number; zoom: number }): unknown;
}

/** Moves the view a step in each frame, and takes the time from frame to frame. */
export async function panFrames(flow: Flow, frames: number, step: number): Promise<readonly number[]> {
  const took: number[] = [];
  let last = await nextFrame();
  for (let frame = 0; frame < frames; frame += 1) {
    const direction = Math.floor(frame / 30) % 2 === 0 ? 1 : -1;
    const { x, y, zoom } = flow.getViewport();
    flow.setViewport({ x: x + direction * step, y: y + (direction * step) / 2, zoom });
    const now = await nextFrame();
    took.push(now - last);
    last = now;
  }
  return took;
}

/** When the next frame begins. */
function nextFrame(): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve(performance.now()));
  });
}

/** Resolves when the next frame has been drawn: after everything that was to happen in it, whoever asked first. */
export function frameDrawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
  });
}

/** Makes a page known to the bench once it stands, as `page()`. */
export function offer(page: BenchPage): void {
  Object.assign(globalThis, { page: () => page });
}

/** How many nodes the address asks for. */
export function countFromAddress(): number {
  return Number(new URLSearchParams(location.search).get('nodes') ?? 1_000);
}
