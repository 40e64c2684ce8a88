import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { drawFlame, drawFlameStrip, type FlameLook } from '../../canvas/draw-flame.ts';
import { toFlameTicks } from '../../canvas/flame-ticks.ts';
import {
  boxAt,
  type FlameSize,
  type FlameViewport,
  flameRowHeight,
  panned,
  revealed,
  toWholeViewport,
  withinFlame,
  zoomedAt,
  zoomedTo,
} from '../../canvas/flame-viewport.ts';
import { onThemeChange, readPalette } from '../../canvas/palette.ts';
import { flameTokens } from './flame-colors.ts';
import type { ShownFlame } from './shown-flame.ts';
import { stepFrom } from './walk-flame.ts';

/** What the panel can ask of the chart. */
export interface FlameChartHandle {
  readonly zoomTo: (box: number) => void;
  readonly fit: () => void;
}

export interface FlameChartProps {
  readonly label: string;
  readonly flame: ShownFlame;
  readonly colorOf: Uint8Array;
  readonly found: Uint8Array | null;
  /** Whether widths are milliseconds, and how a width is written. */
  readonly isTime: boolean;
  readonly formatTick: (value: number, step: number) => string;
  /** Changes when another flame is shown, which begins as a whole; the same one growing keeps its place. */
  readonly viewKey: string;
  readonly chosen: number;
  readonly onChoose: (box: number) => void;
  readonly onHover: (box: number, x: number, y: number) => void;
  readonly handle: RefObject<FlameChartHandle | null>;
}

const stripHeight = 28;
const axisHeight = 16;
/** What stands above the flame itself. */
const headHeight = stripHeight + axisHeight;

/** The flame on a canvas, with a strip of the whole above it. Wheel scrolls, with Ctrl it zooms; drag moves; arrows walk, Enter zooms to the box. */
export function FlameChart({
  label,
  flame,
  colorOf,
  found,
  isTime,
  formatTick,
  viewKey,
  chosen,
  onChoose,
  onHover,
  handle,
}: FlameChartProps) {
  const { layout } = flame;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const strip = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<FlameSize>({ width: 1, height: 1 });
  const [look, setLook] = useState<Omit<FlameLook, 'colorOf' | 'labelOf'> | null>(null);
  const [hovered, setHovered] = useState(-1);
  const [view, setView] = useState<{ readonly key: string; readonly viewport: FlameViewport | null }>({ key: viewKey, viewport: null });
  // Null shows the whole, also while it grows.
  const wanted = view.key === viewKey ? view.viewport : null;
  const viewport = withinFlame(wanted ?? toWholeViewport(layout), layout, size);
  const drag = useRef<{ x: number; y: number; hasMoved: boolean } | null>(null);

  const move = useCallback((next: FlameViewport | null) => setView({ key: viewKey, viewport: next }), [viewKey]);

  useImperativeHandle(handle, () => ({ zoomTo: (box) => move(zoomedTo(layout, box, size)), fit: () => move(null) }), [layout, size, move]);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const read = () => setLook(readLook(element));
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element;
      setSize({ width: Math.max(1, clientWidth), height: Math.max(1, clientHeight - headHeight) });
    });
    observer.observe(element);
    read();
    const endTheme = onThemeChange(read);
    return () => {
      observer.disconnect();
      endTheme();
    };
  }, []);

  useEffect(() => {
    const context = sharp(canvas.current, size);
    if (context === null || look === null) return;
    drawFlame(context, layout, viewport, size, { ...look, colorOf, labelOf: flame.nameAt }, { found, chosen, hovered });
  });

  useEffect(() => {
    const stripSize = { width: size.width, height: stripHeight - 4 };
    const context = sharp(strip.current, stripSize);
    if (context === null || look === null) return;
    drawFlameStrip(context, layout, stripSize, { ...look, colorOf, labelOf: flame.nameAt });
  }, [layout, size, look, colorOf, flame]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    // Not passive: the page must not zoom or scroll as well.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { offsetX } = event;
      const isZoom = event.ctrlKey || event.metaKey;
      const next = isZoom
        ? zoomedAt(viewport, offsetX, size.width, Math.exp(event.deltaY / 200))
        : panned(viewport, event.shiftKey ? event.deltaY : event.deltaX, event.shiftKey ? 0 : event.deltaY, size.width);
      move(withinFlame(next, layout, size));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  });

  const choose = (box: number) => {
    onChoose(box);
    if (box >= 0) move(revealed(viewport, layout, box, size));
  };

  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const { offsetX, offsetY } = event.nativeEvent;
    const from = drag.current;
    if (from !== null && (from.hasMoved || Math.hypot(offsetX - from.x, offsetY - from.y) > 3)) {
      move(withinFlame(panned(viewport, from.x - offsetX, from.y - offsetY, size.width), layout, size));
      drag.current = { x: offsetX, y: offsetY, hasMoved: true };
      return;
    }
    const box = boxAt(layout, viewport, size, offsetX, offsetY);
    setHovered(box);
    onHover(box, offsetX, offsetY + headHeight);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepFrom(flame, chosen, event.key);
    const zoom = { '+': 0.5, '=': 0.5, '-': 2 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (next !== undefined) choose(next);
    else if (zoom !== undefined) move(withinFlame(zoomedAt(viewport, size.width / 2, size.width, zoom), layout, size));
    else if (event.key === '0') move(null);
    else if (event.key === 'Enter' && chosen >= 0) move(zoomedTo(layout, chosen, size));
    else if (event.key === 'PageDown' || event.key === 'PageUp') {
      const page = (event.key === 'PageDown' ? 1 : -1) * (size.height - flameRowHeight);
      move(withinFlame(panned(viewport, 0, page, size.width), layout, size));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const { ticks, step } = toFlameTicks(viewport, layout.extent.from, size.width, isTime);
  const extent = layout.extent.to - layout.extent.from || 1;
  return (
    <div ref={frame} className="relative h-full min-w-0 overflow-hidden">
      <div className="relative border-b border-line" style={{ height: stripHeight }}>
        <canvas
          ref={strip}
          aria-hidden
          className="absolute inset-x-0 top-0.5"
          onPointerDown={(event) => {
            const middle = layout.extent.from + (event.nativeEvent.offsetX / size.width) * extent;
            const half = (viewport.to - viewport.from) / 2;
            move(withinFlame({ ...viewport, from: middle - half, to: middle + half }, layout, size));
          }}
        />
        <div
          aria-hidden
          className="pointer-events-none absolute inset-y-0 min-w-1 rounded-sm border border-accent tint-accent"
          style={{
            left: `${((viewport.from - layout.extent.from) / extent) * 100}%`,
            width: `${((viewport.to - viewport.from) / extent) * 100}%`,
          }}
        />
      </div>
      <div aria-hidden className="relative overflow-hidden border-b border-line bg-surface-1" style={{ height: axisHeight }}>
        {ticks.map(({ share, value }) => (
          <span
            key={value}
            className="tabular absolute inset-y-0 border-l border-line-strong pl-1 text-11 whitespace-nowrap text-ink-3"
            style={{ left: `${share * 100}%` }}
          >
            {formatTick(value, step)}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the flame is walked with the arrows; what is chosen is said below it. */}
      <div role="application" tabIndex={0} aria-label={label} aria-describedby="flame-chosen" onKeyDown={onKeyDown}>
        <canvas
          ref={canvas}
          className="block cursor-default touch-none"
          onPointerDown={(event) => {
            drag.current = { x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY, hasMoved: false };
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={onPointerMove}
          onPointerUp={(event) => {
            const hasMoved = drag.current?.hasMoved === true;
            drag.current = null;
            if (!hasMoved) onChoose(boxAt(layout, viewport, size, event.nativeEvent.offsetX, event.nativeEvent.offsetY));
          }}
          onPointerLeave={() => {
            setHovered(-1);
            onHover(-1, 0, 0);
          }}
          onDoubleClick={(event) => {
            const box = boxAt(layout, viewport, size, event.nativeEvent.offsetX, event.nativeEvent.offsetY);
            if (box >= 0) move(zoomedTo(layout, box, size));
          }}
        />
      </div>
    </div>
  );
}

/** The canvas in pixels of the screen; null while there is nothing to draw on. */
function sharp(element: HTMLCanvasElement | null, { width, height }: FlameSize): CanvasRenderingContext2D | null {
  const context = element?.getContext('2d', { alpha: false }) ?? null;
  if (element === null || context === null) return null;
  const scale = window.devicePixelRatio || 1;
  const [pixelWidth, pixelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (element.width !== pixelWidth || element.height !== pixelHeight) {
    element.width = pixelWidth;
    element.height = pixelHeight;
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

function readLook(element: Element): Omit<FlameLook, 'colorOf' | 'labelOf'> {
  const palette = readPalette(element);
  const font = `11px ${getComputedStyle(element).getPropertyValue('--font-mono')}`;
  return {
    colors: flameTokens.map((token) => palette.mix(token, 82, 'canvas')),
    onColor: palette.of('on-accent'),
    background: palette.of('canvas'),
    outline: palette.of('ink-1'),
    font,
    // JetBrains Mono is 0.6 em wide.
    letterWidth: 6.6,
  };
}
