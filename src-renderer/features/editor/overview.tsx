import { Panel, useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useRef } from 'react';
import { drawOverviewCards, drawOverviewMask, type OverviewFrame, toOverviewFrame } from '../../canvas/draw-overview.ts';
import { onThemeChange, type Palette, readPalette } from '../../canvas/palette.ts';
import { boundsOf, type Scene } from '../../canvas/scene.ts';
import type { CardNode, FlowEdge } from './flow-elements.ts';

const width = 144;
const height = 88;
/** Cards of a large graph are drawn again at most this often. */
const redrawMs = 120;

/** The whole graph in the lower right corner, where there is room for it; a press or drag on it moves the canvas there. */
export function Overview({ scene }: { readonly scene: Scene }) {
  const isRoomy = useStore((store) => store.width >= 560 && store.height >= 280);
  return isRoomy && scene.cards.length > 0 ? <OverviewMap scene={scene} /> : null;
}

function OverviewMap({ scene }: { readonly scene: Scene }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const flow = useReactFlow<CardNode, FlowEdge>();
  const map = useRef<ReturnType<typeof createOverview> | null>(null);

  useEffect(() => {
    if (canvas.current === null) return undefined;
    const made = createOverview(canvas.current, () => {
      const { transform, width: viewWidth, height: viewHeight } = store.getState();
      const [x, y, zoom] = transform;
      return { x: -x / zoom, y: -y / zoom, width: viewWidth / zoom, height: viewHeight / zoom };
    });
    map.current = made;
    const unsubscribe = store.subscribe((now, before) => {
      if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) made.move();
    });
    return () => {
      unsubscribe();
      made.dispose();
      map.current = null;
    };
  }, [store]);

  useEffect(() => map.current?.show(scene), [scene]);

  const goTo = (event: PointerEvent) => {
    const frame = map.current?.frame();
    const box = canvas.current?.getBoundingClientRect();
    if (frame == null || box === undefined) return;
    const x = frame.part.x + (event.clientX - box.left) / frame.scale;
    const y = frame.part.y + (event.clientY - box.top) / frame.scale;
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  return (
    <Panel position="bottom-right" className="!m-3 overflow-hidden rounded-lg border border-line bg-surface-1">
      <canvas
        ref={canvas}
        role="img"
        aria-label="Overview of the canvas"
        className="nopan nowheel block cursor-pointer"
        style={{ width, height }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          goTo(event);
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) goTo(event);
        }}
        onWheel={(event) => void (event.deltaY < 0 ? flow.zoomIn() : flow.zoomOut())}
      />
    </Panel>
  );
}

/** Keeps the cards as a picture, so that moving about only draws the frame of what is in view. */
function createOverview(canvas: HTMLCanvasElement, toView: () => { x: number; y: number; width: number; height: number }) {
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const picture = document.createElement('canvas');
  const pictureContext = picture.getContext('2d') as CanvasRenderingContext2D;
  let scene: Scene | null = null;
  let bounds: ReturnType<typeof boundsOf> = null;
  let pictured: OverviewFrame | null = null;
  let palette: Palette | null = null;
  let nextFrame = 0;
  let redrawAtMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const request = () => {
    if (nextFrame === 0) nextFrame = requestAnimationFrame(paint);
  };
  const redraw = () => {
    pictured = null;
    request();
  };
  const stopWatching = onThemeChange(() => {
    palette = null;
    redraw();
  });

  function paint(): void {
    nextFrame = 0;
    if (scene === null) return;
    palette ??= readPalette(canvas);
    const view = toView();
    if (view.width === 0) return;
    const frame = toOverviewFrame(bounds, view, width, height);
    if (pictured === null || pictured.scale !== frame.scale || pictured.part.x !== frame.part.x || pictured.part.y !== frame.part.y) {
      picture.width = canvas.width;
      picture.height = canvas.height;
      pictureContext.scale(ratio, ratio);
      drawOverviewCards(pictureContext, scene, frame, palette);
      pictured = frame;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawOverviewMask(context, view, frame, palette, width, height);
  }

  return {
    show(next: Scene) {
      scene = next;
      clearTimeout(timer);
      const now = performance.now();
      const update = () => {
        redrawAtMs = performance.now() + redrawMs;
        bounds = boundsOf(next.cards);
        redraw();
      };
      if (now >= redrawAtMs) update();
      else timer = setTimeout(update, redrawAtMs - now);
    },
    move: request,
    frame: () => pictured,
    dispose() {
      cancelAnimationFrame(nextFrame);
      clearTimeout(timer);
      stopWatching();
    },
  };
}
