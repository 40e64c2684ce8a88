import { ArrowLeft, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { cardWidth } from '../../canvas/card-geometry.ts';
import { type Comparison, chooseComparedNode, endComparison, useCompared, useComparison } from '../../state/comparison.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { type Change, type ComparedCard, type ComparisonScene, comparedCardHeight, toComparisonScene } from './comparison-scene.ts';
import { changeWords, countDifference } from './history-words.ts';

/** In the place of the canvas: two versions of a workflow, laid over each other. */
export function ComparisonView({ path }: { readonly path: string }) {
  const comparison = useComparison((store) => store.byPath[path]);
  return comparison === undefined ? null : <View path={path} comparison={comparison} />;
}

function View({ path, comparison }: { readonly path: string; readonly comparison: Comparison }) {
  const { compared, error } = useCompared(path, comparison);
  const scene = useMemo(
    () => (compared === null ? null : toComparisonScene(compared.before, compared.after, compared.difference)),
    [compared],
  );
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && root.current?.contains(document.activeElement)) endComparison(path);
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [path]);
  return (
    <section ref={root} aria-label="Comparison of two versions" className="flex h-full flex-col bg-canvas">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface-1 px-3 py-2 text-12">
        <Button size="small" icon={<ArrowLeft size={13} />} onClick={() => endComparison(path)}>
          Back to editing
        </Button>
        <span className="font-semibold">
          {comparison.before.title} → {comparison.after.title}
        </span>
        <span role="status" className="text-ink-2">
          {compared !== null && countDifference(compared.difference)}
        </span>
      </header>
      <div className="min-h-0 flex-1">
        {error !== null ? (
          <div className="p-6">
            <ErrorNote error={error} />
          </div>
        ) : scene === null ? (
          <div className="flex h-full items-center justify-center">
            <Spinner label="Comparing the versions" />
          </div>
        ) : (
          <Drawing scene={scene} />
        )}
      </div>
    </section>
  );
}

/** Wheel and buttons zoom, dragging moves; at first all of it is seen. */
function Drawing({ scene }: { readonly scene: ComparisonScene }) {
  const chosen = useComparison((store) => store.chosen);
  const [zoom, setZoom] = useState(1);
  const [shift, setShift] = useState({ x: 0, y: 0 });
  const svg = useRef<SVGSVGElement>(null);
  const dragged = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const { box } = scene;
  const width = box.width / zoom;
  const height = box.height / zoom;
  const viewBox = `${box.x + (box.width - width) / 2 + shift.x} ${box.y + (box.height - height) / 2 + shift.y} ${width} ${height}`;
  const zoomBy = (factor: number) => setZoom((before) => Math.min(20, Math.max(0.5, before * factor)));
  const onPointerMove = ({ clientX, clientY }: PointerEvent) => {
    const { current } = dragged;
    const scale = svg.current?.getScreenCTM()?.a ?? 1;
    if (current === null) return;
    setShift(({ x, y }) => ({ x: x - (clientX - current.x) / scale, y: y - (clientY - current.y) / scale }));
    dragged.current = { x: clientX, y: clientY };
  };
  return (
    <div className="relative h-full">
      <svg
        ref={svg}
        viewBox={viewBox}
        className="h-full w-full cursor-grab touch-none active:cursor-grabbing"
        onWheel={(event) => zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15)}
        onPointerDown={(event) => {
          dragged.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          dragged.current = null;
        }}
      >
        <title>Both versions, laid over each other</title>
        {scene.edges.map(({ id, change, path }) => (
          <path
            key={`${change} ${id}`}
            d={path}
            fill="none"
            className={edgeLooks[change]}
            strokeDasharray={change === 'removed' ? '6 5' : undefined}
          />
        ))}
        {scene.cards.map((card) => (
          <Card key={card.id} card={card} isChosen={card.id === chosen} />
        ))}
      </svg>
      <div
        role="toolbar"
        aria-label="Comparison"
        className="absolute right-3 bottom-3 flex rounded-lg border border-line bg-surface-1 p-0.5"
      >
        <IconButton size="small" label="Zoom in" icon={<ZoomIn size={15} />} onClick={() => zoomBy(1.3)} />
        <IconButton size="small" label="Zoom out" icon={<ZoomOut size={15} />} onClick={() => zoomBy(1 / 1.3)} />
        <IconButton
          size="small"
          label="Fit all"
          icon={<Maximize size={15} />}
          onClick={() => {
            setZoom(1);
            setShift({ x: 0, y: 0 });
          }}
        />
      </div>
    </div>
  );
}

function Card({ card, isChosen }: { readonly card: ComparedCard; readonly isChosen: boolean }) {
  const { id, name, kind, change, position, from } = card;
  const { x, y } = position;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset; a group, as the cards of the canvas are.
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: what changed can be walked by key; the list beside has a button for each.
    <g
      role="group"
      tabIndex={change === 'same' ? -1 : 0}
      aria-label={`${name}, ${change === 'same' ? 'unchanged' : changeWords[change]}`}
      className="cursor-pointer outline-none [&:focus-visible>rect]:stroke-accent"
      opacity={change === 'same' ? 0.55 : 1}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => chooseComparedNode(id)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') chooseComparedNode(id);
      }}
    >
      {from !== null && (
        <>
          <rect
            x={from.x}
            y={from.y}
            width={cardWidth}
            height={comparedCardHeight}
            rx={8}
            fill="none"
            className="stroke-ink-3"
            strokeDasharray="4 4"
          />
          <line
            x1={from.x + cardWidth / 2}
            y1={from.y + comparedCardHeight / 2}
            x2={x + cardWidth / 2}
            y2={y + comparedCardHeight / 2}
            className="stroke-ink-3"
            strokeDasharray="2 4"
          />
        </>
      )}
      <rect
        x={x}
        y={y}
        width={cardWidth}
        height={comparedCardHeight}
        rx={8}
        className={`fill-surface-2 ${cardLooks[change]}`}
        strokeWidth={isChosen ? 4 : change === 'same' ? 1 : 2}
        strokeDasharray={change === 'removed' ? '6 5' : undefined}
      />
      <text x={x + 12} y={y + 23} className="fill-ink-1 text-13 font-semibold">
        {cut(name, change === 'same' ? 24 : 15)}
      </text>
      <text x={x + 12} y={y + 42} className="fill-ink-2 text-12">
        {cut(kind, 26)}
      </text>
      {change !== 'same' && (
        <text x={x + cardWidth - 10} y={y + 23} textAnchor="end" className={`text-12 font-semibold ${wordLooks[change]}`}>
          {changeWords[change]}
        </text>
      )}
    </g>
  );
}

const cardLooks: Readonly<Record<Change, string>> = {
  added: 'stroke-succeeded',
  removed: 'stroke-failed',
  changed: 'stroke-waiting',
  moved: 'stroke-accent',
  same: 'stroke-line-strong',
};
const wordLooks: Readonly<Record<Change, string>> = {
  added: 'fill-succeeded',
  removed: 'fill-failed',
  changed: 'fill-waiting',
  moved: 'fill-accent',
  same: 'fill-ink-2',
};
const edgeLooks: Readonly<Record<Change, string>> = {
  added: 'stroke-succeeded stroke-2',
  removed: 'stroke-failed stroke-2',
  changed: 'stroke-waiting stroke-2',
  moved: 'stroke-accent stroke-2',
  same: 'stroke-line-strong',
};

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
