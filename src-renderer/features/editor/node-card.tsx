import { Handle, type NodeProps, Position } from '@xyflow/react';
import { ChevronsDown, CircleAlert, CircleSlash, Lock, Pin, TriangleAlert, Undo2 } from 'lucide-react';
import { memo } from 'react';
import { toPortOffsets } from '../../canvas/card-geometry.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { formatDuration } from '../../ui/format.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { type Status, statusWords } from '../../ui/status.ts';
import { StatusDot } from '../../ui/status-dot.tsx';
import type { CardModel, CardPort } from './card-model.ts';
import { useDetail } from './detail.ts';
import type { CardNode } from './flow-elements.ts';
import { undoHandles } from './flow-links.ts';
import type { RunCard } from './run-card.ts';

/** A node as a compact card; from afar as a block with its name, then as a dot of its colour. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { card, run, problem, problemText, isHighlighted, isPinned, isReadOnly } = data;
  const detail = useDetail();
  // What undoes another node has no edges.
  const areLive = detail === 'full' && !isReadOnly && card.undoes === null;
  return (
    <div
      className={`heddle-card ${selected ? 'is-selected' : ''} ${isHighlighted ? 'is-highlighted' : ''}`}
      data-category={card.category}
      data-detail={detail}
      data-status={run?.status}
      data-disabled={card.isDisabled || undefined}
      data-outside={run?.isOutside || undefined}
      data-undoes={card.undoes !== null || undefined}
    >
      {detail === 'full' && <Face card={card} problem={problem} problemText={problemText} isPinned={isPinned} run={run} />}
      {detail === 'block' && <span className="heddle-block-name">{card.name}</span>}
      {detail === 'block' && isPinned && <Pin size={18} className="shrink-0 text-accent" aria-label="its output is pinned" />}
      {detail === 'block' && run?.undoOrder != null && (
        <span className="tabular flex shrink-0 items-center text-20 font-semibold text-undoing">
          <Undo2 size={20} aria-label="undone as number" />
          {run.undoOrder}
        </span>
      )}
      {detail === 'block' && run !== null && run.status !== 'pending' && <StatusDot status={run.status} size={22} />}
      {detail === 'dot' && run !== null && <span className="sr-only">{statusWords[run.status]}</span>}
      {card.isUndone && <UndoHandle side="source" />}
      {card.undoes !== null && <UndoHandle side="target" />}
      <Ports ports={card.inputs} side="inputs" bodyHeight={card.size.height} areLive={areLive} />
      <Ports ports={card.outputs} side="outputs" bodyHeight={card.size.height} areLive={areLive} />
    </div>
  );
});

interface FaceProps {
  readonly card: CardModel;
  readonly problem: 'error' | 'warning' | null;
  readonly problemText: string | null;
  readonly isPinned: boolean;
  readonly run: RunCard | null;
}

function Face({ card, problem, problemText, isPinned, run }: FaceProps) {
  return (
    <>
      <div className="flex flex-col justify-center gap-1 px-3" style={{ height: card.size.height }}>
        <div className="flex items-center gap-2">
          <KindIcon kind={card.kind} />
          <span className="min-w-0 flex-1 truncate text-13 font-semibold" title={card.name}>
            {card.name}
          </span>
          {run?.undoOrder != null && (
            <span className="tabular flex shrink-0 items-center gap-0.5 text-11 text-undoing" title={`undone as number ${run.undoOrder}`}>
              <Undo2 size={12} aria-hidden />
              <span className="sr-only">undone as number </span>
              {run.undoOrder}
            </span>
          )}
          {card.undoes !== null && run?.undoOrder == null && (
            <Undo2 size={14} className="shrink-0 text-undoing" aria-label={`undoes ${card.undoes}`} />
          )}
          {isPinned && <Pin size={13} className="shrink-0 text-accent" aria-label="its output is pinned" />}
          {card.isLocked && <Lock size={13} className="shrink-0 text-ink-3" aria-label="locked" />}
          {card.isDisabled && <CircleSlash size={14} className="shrink-0 text-ink-3" aria-label="disabled" />}
          {problem !== null && (
            <span className={`shrink-0 ${problem === 'error' ? 'text-failed' : 'text-waiting'}`} title={problemText ?? undefined}>
              {problem === 'error' ? (
                <CircleAlert size={14} aria-label="has an error" />
              ) : (
                <TriangleAlert size={14} aria-label="has a warning" />
              )}
            </span>
          )}
          {run !== null && run.status !== 'pending' && <StatusDot status={run.status} />}
        </div>
        <span
          className="truncate text-12 text-ink-2"
          title={card.undoes === null ? card.summary : `undoes ${card.undoes}: ${card.summary}`}
        >
          {card.undoes === null ? card.summary : `undoes ${card.undoes}`}
        </span>
      </div>
      {run !== null && <Footer run={run} />}
    </>
  );
}

function Footer({ run }: { readonly run: RunCard }) {
  return (
    <div className="tabular relative flex h-7 items-center gap-2 border-t border-line px-3 text-11 text-ink-3">
      {run.progress !== null && <ProgressBar progress={run.progress} />}
      {run.snippet === null ? (
        <>
          {/* Turn, tokens and cost leave no room for the time, which the header of the run counts too. */}
          {run.startedAtMs !== null && run.dueAtMs === null && run.figures.length < 3 && (
            <Elapsed sinceMs={run.startedAtMs} isWaiting={run.status !== 'running' && run.status !== 'queued'} />
          )}
          {run.figures.map((figure) => (
            <span key={figure} className={`truncate ${figure.endsWith(' failed') ? 'text-failed' : ''}`}>
              {figure}
            </span>
          ))}
          {run.dueAtMs !== null && (
            <Countdown dueAtMs={run.dueAtMs} prefix={dueWords[run.status] ?? 'in'} over="now" className="shrink-0 text-waiting" />
          )}
          {run.canEnter && <ChevronsDown size={13} className="ml-auto shrink-0" aria-label="can be looked into" />}
        </>
      ) : (
        <span className="heddle-snippet min-w-0 flex-1 truncate text-running">{run.snippet}</span>
      )}
    </div>
  );
}

/** What happens when the time has come. */
const dueWords: Readonly<Partial<Record<Status, string>>> = { running: 'over in', retrying: 'again in', awaitingSignal: 'gives up in' };

/** How far a map has come: what succeeded, failed, and is at work. */
function ProgressBar({ progress: { succeeded, failed, atWork, total } }: { readonly progress: NonNullable<RunCard['progress']> }) {
  const whole = Math.max(1, total ?? succeeded + failed + atWork);
  const toWidth = (count: number) => ({ width: `${(count / whole) * 100}%` });
  return (
    <span aria-hidden className="absolute inset-x-0 -top-px flex h-0.5 bg-line">
      <span className="bg-succeeded" style={toWidth(succeeded)} />
      <span className="bg-failed" style={toWidth(failed)} />
      <span className="bg-running" style={toWidth(atWork)} />
    </span>
  );
}

/** Where links to compensations begin and end: found by the drawing library, not seen, not to be caught. */
function UndoHandle({ side }: { readonly side: 'source' | 'target' }) {
  const edge = side === 'source' ? 'bottom' : 'top';
  return (
    <div
      aria-hidden
      className={`heddle-undo-handle react-flow__handle react-flow__handle-${edge} ${side}`}
      data-handleid={undoHandles[side]}
      data-handlepos={edge}
    />
  );
}

function Elapsed({ sinceMs, isWaiting }: { readonly sinceMs: number; readonly isWaiting: boolean }) {
  const nowMs = useNow(1_000);
  return (
    <span className={`shrink-0 ${isWaiting ? 'text-waiting' : 'text-running'}`}>
      {nowMs - sinceMs < 1_000 ? '0 s' : formatDuration(Math.floor((nowMs - sinceMs) / 1_000) * 1_000)}
    </span>
  );
}

interface PortsProps {
  readonly ports: readonly CardPort[];
  readonly side: 'inputs' | 'outputs';
  readonly bodyHeight: number;
  /** Whether edges can be drawn from them. */
  readonly areLive: boolean;
}

/**
 * The ports at one side. Where no edge can be drawn they are plain elements with the marks by which the drawing library
 * finds them: its own handles listen to the whole canvas, which a thousand nodes in view would feel.
 */
function Ports({ ports, side, bodyHeight, areLive }: PortsProps) {
  const offsets = toPortOffsets(ports.length, bodyHeight);
  const [type, edge] = side === 'inputs' ? (['target', 'left'] as const) : (['source', 'right'] as const);
  return ports.map((port, index) => {
    const shared = {
      // From inside the card's border of one pixel.
      style: { top: (offsets[index] as number) - 1, [edge]: -1 },
      'data-missing': port.isMissing || undefined,
      role: 'img',
      'aria-label': `${side === 'inputs' ? 'input' : 'output'} ${port.name}`,
      title: port.description ?? undefined,
    };
    return areLive ? (
      <Handle key={port.name} id={port.name} type={type} position={side === 'inputs' ? Position.Left : Position.Right} {...shared}>
        <PortName port={port} side={side} />
      </Handle>
    ) : (
      <div
        key={port.name}
        className={`react-flow__handle react-flow__handle-${edge} ${type}`}
        data-handleid={port.name}
        data-handlepos={edge}
        {...shared}
      >
        <PortName port={port} side={side} />
      </div>
    );
  });
}

function PortName({ port, side }: { readonly port: CardPort; readonly side: 'inputs' | 'outputs' }) {
  return (
    <span className="heddle-port-name" data-side={side} aria-hidden>
      {port.name}
      {port.isMissing && ' (missing)'}
    </span>
  );
}
