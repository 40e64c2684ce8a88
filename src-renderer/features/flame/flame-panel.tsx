import { Maximize2, Search } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import type { FlameWeight, Moment } from '#shared/trace/flame-weight.ts';
import type { Span } from '#shared/trace/span.ts';
import { useIsOnline } from '../../state/connection.ts';
import { updateFollowedRun, withCursor } from '../../state/followed-runs.ts';
import { toShortId } from '../../state/runs.ts';
import { enterScope, setSelectedFrame, useSelection } from '../../state/selection.ts';
import { type ShownRun, useShownRun } from '../../state/use-shown-run.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount, formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Select } from '../../ui/select.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FlameChart, type FlameChartHandle } from './flame-chart.tsx';
import { type FlameColoring, kindLegend, outcomeLegend, toColorNumber, toModelLegend } from './flame-colors.ts';
import { type FlameOrder, formatTick, formatWeight, kindWords, orderWords, outcomeWords, weightWords } from './flame-words.ts';
import { createUseLookup, findBoxes, type ShownFlame, toMoment, toShownFlame } from './shown-flame.ts';
import { mostEarlierRuns, useEarlierRuns } from './use-earlier-runs.ts';
import { useTrace } from './use-trace.ts';

/** Where a run's time, tokens and money went: each span as wide as what it used, inside the one around it. */
export function FlamePanel({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  if (shown === null) return <EmptyState isCompact title="No spans yet" text="They appear with the run’s first events." />;
  return <Flame key={runKey} runKey={runKey} shown={shown} />;
}

function Flame({ runKey, shown }: { readonly runKey: string; readonly shown: ShownRun }) {
  const { run, state, seq, isAtHead } = shown;
  const spans = useTrace(runKey, run.events);
  const isOnline = useIsOnline();
  const isLive = isAtHead && isOnline && runKey.startsWith('run:') && state.endedAtMs === null;
  const nowMs = useNow(isLive ? 500 : null);
  const moment = useDeferredValue(useMemo(() => toMoment(run.events, seq, isLive ? nowMs : null), [run.events, seq, isLive, nowMs]));
  const [weight, setWeight] = useState<FlameWeight>('wall');
  const [wantedOrder, setOrder] = useState<FlameOrder>('clock');
  const [coloring, setColoring] = useState<FlameColoring>('kind');
  const [search, setSearch] = useState('');
  const [hover, setHover] = useState<{ readonly box: number; readonly x: number; readonly y: number } | null>(null);
  /** In the flame put together, and for what has no frame of its own. */
  const [chosenSpan, setChosenSpan] = useState<number | null>(null);
  const selectedFrame = useSelection((store) => store.frameByRun[runKey] ?? null);
  const handle = useRef<FlameChartHandle>(null);
  // Only time can be drawn by the clock.
  const order = weight === 'wall' || wantedOrder !== 'clock' ? wantedOrder : 'start';

  const [isOfMore, setOfMore] = useState(false);
  const earlier = useEarlierRuns(isOfMore && order === 'together' ? state : null);
  const seen = useMemo(() => ({ spans, moment }), [spans, moment]);
  const flame = useMemo(() => toShownFlame([seen, ...earlier.seen], weight, order), [seen, earlier.seen, weight, order]);
  const lookUpUse = useMemo(() => createUseLookup(seen), [seen]);
  // The list of spans is the same one each time; it has grown with the moment.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said.
  const legend = useMemo(() => toLegend(coloring, spans), [coloring, spans, moment]);
  const colorOf = useMemo(() => toColors(flame, coloring, legend), [flame, coloring, legend]);
  const hits = useMemo(() => findBoxes(flame, search), [flame, search]);
  const chosen = useMemo(() => findChosen(flame, chosenSpan, selectedFrame), [flame, chosenSpan, selectedFrame]);

  const choose = (box: number) => {
    const span = box < 0 ? null : flame.spanAt(box);
    setChosenSpan(span?.index ?? null);
    if (span === null || span.frame === null) return;
    if (span.kind === 'scope' || span.kind === 'saga') enterScope(runKey, span.frame);
    else setSelectedFrame(runKey, span.frame);
  };

  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-wrap items-center gap-1.5 px-2 pb-1.5">
        <Segments label="Width" value={weight} options={toOptions(weightWords)} onChange={setWeight} />
        <Segments
          label="Order"
          value={order}
          options={toOptions(orderWords).filter(({ value }) => value !== 'clock' || weight === 'wall')}
          onChange={setOrder}
        />
        <Select
          label="Colour"
          isLabelHidden
          className="w-32"
          value={coloring}
          options={[
            { value: 'kind', label: 'Colour by kind' },
            { value: 'outcome', label: 'Colour by status' },
            { value: 'model', label: 'Colour by model' },
          ]}
          onChange={setColoring}
        />
        {order === 'together' && state.workflowPath !== null && runKey.startsWith('run:') && (
          <Toggle label={`With the last ${mostEarlierRuns} runs`} isOn={isOfMore} onChange={setOfMore} />
        )}
        {earlier.words !== null && (
          <p role="status" className="text-12 text-ink-2">
            {earlier.words}
          </p>
        )}
        <span className="min-w-0 flex-1" />
        <SearchBox text={search} count={hits?.count ?? null} onChange={setSearch} />
        <IconButton size="small" label="Show the whole flame" icon={<Maximize2 size={14} />} onClick={() => handle.current?.fit()} />
        <ExportMenu name={`${state.workflow.name} ${toShortId(state.runId)}`} seen={seen} />
      </div>
      <div className="relative min-h-0 flex-1 border-y border-line">
        <FlameChart
          label={`Flame graph of ${state.workflow.name}`}
          flame={flame}
          colorOf={colorOf}
          found={hits?.found ?? null}
          isTime={weight === 'wall' || weight === 'busy'}
          formatTick={(value, step) => formatTick(value, step, weight)}
          viewKey={`${weight} ${order}`}
          chosen={chosen}
          onChoose={choose}
          onHover={(box, x, y) => setHover(box < 0 ? null : { box, x, y })}
          handle={handle}
        />
        {hover !== null && hover.box < flame.layout.item.length && (
          <HoverNote flame={flame} {...hover} facts={toFacts(flame, hover.box, lookUpUse, weight, moment)} />
        )}
      </div>
      <ChosenBar
        flame={flame}
        box={chosen}
        facts={chosen < 0 ? [] : toFacts(flame, chosen, lookUpUse, weight, moment)}
        legend={legend}
        onZoom={() => handle.current?.zoomTo(chosen)}
        onEvent={(eventSeq) => updateFollowedRun(runKey, (now) => withCursor(now, eventSeq))}
      />
    </div>
  );
}

function SearchBox({
  text,
  count,
  onChange,
}: {
  readonly text: string;
  readonly count: number | null;
  readonly onChange: (text: string) => void;
}) {
  return (
    <label className="flex h-7 items-center gap-1.5 rounded-md border border-line bg-canvas px-2 focus-within:border-accent">
      <Search size={13} aria-hidden className="text-ink-3" />
      <input
        type="search"
        aria-label="Find spans by name or model"
        placeholder="Find"
        value={text}
        onChange={(event) => onChange(event.target.value)}
        className="w-24 bg-transparent text-12 text-ink-1 outline-none"
      />
      <output aria-live="polite" className="tabular min-w-6 text-right text-11 text-ink-3">
        {count === null ? '' : count.toLocaleString()}
      </output>
    </label>
  );
}

interface HoverNoteProps {
  readonly flame: ShownFlame;
  readonly box: number;
  readonly x: number;
  readonly y: number;
  readonly facts: readonly string[];
}

function HoverNote({ flame, box, x, y, facts }: HoverNoteProps) {
  return (
    <div
      role="tooltip"
      className="pointer-events-none absolute z-10 max-w-80 rounded-md border border-line-strong bg-surface-3 px-2 py-1 text-12 text-ink-2 shadow-pop"
      style={{ left: `min(${x + 12}px, calc(100% - 260px))`, top: `min(${y + 12}px, calc(100% - 72px))` }}
    >
      <p className="truncate font-medium text-ink-1">{flame.nameAt(box)}</p>
      <p>{facts.join(' · ')}</p>
    </div>
  );
}

interface ChosenBarProps {
  readonly flame: ShownFlame;
  readonly box: number;
  readonly facts: readonly string[];
  readonly legend: ReturnType<typeof toLegend>;
  readonly onZoom: () => void;
  readonly onEvent: (seq: number) => void;
}

/** What is chosen, and where to go from there; what the colours mean while nothing is. */
function ChosenBar({ flame, box, facts, legend, onZoom, onEvent }: ChosenBarProps) {
  return (
    <div className="flex h-8 shrink-0 items-center gap-2 px-2 text-12 text-ink-2">
      <p id="flame-chosen" aria-live="polite" className="min-w-0 flex-1 truncate">
        {box >= 0 && <span className="text-ink-1">{flame.nameAt(box)}</span>}
        {box >= 0 && ` · ${facts.join(' · ')}`}
      </p>
      {box >= 0 ? (
        <>
          <Button size="small" onClick={onZoom}>
            Zoom to it
          </Button>
          <Button size="small" onClick={() => onEvent(flame.spanAt(box).startedSeq)}>
            Go to its start
          </Button>
        </>
      ) : (
        <ul aria-label="Colours" className="flex min-w-0 gap-3 overflow-hidden">
          {legend.map(({ token, words }) => (
            <li key={words} className="flex shrink-0 items-center gap-1.5 text-11">
              <span aria-hidden className="size-2.5 rounded-sm" style={{ background: `var(--color-${token})` }} />
              {words}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function toOptions<Value extends string>(
  words: Readonly<Record<Value, string>>,
): readonly { readonly value: Value; readonly label: string }[] {
  return (Object.entries(words) as [Value, string][]).map(([value, label]) => ({ value, label }));
}

function toLegend(coloring: FlameColoring, spans: readonly Span[]) {
  if (coloring === 'kind') return kindLegend;
  return coloring === 'outcome' ? outcomeLegend : toModelLegend(spans);
}

function toColors(flame: ShownFlame, coloring: FlameColoring, legend: ReturnType<typeof toLegend>): Uint8Array {
  const models = new Map(legend.map(({ words, token }) => [words, token]));
  return Uint8Array.from({ length: flame.layout.item.length }, (_, box) => toColorNumber(flame.spanAt(box), coloring, models));
}

function findChosen(flame: ShownFlame, span: number | null, frame: string | null): number {
  if (span !== null) {
    for (let box = 0; box < flame.layout.item.length; box += 1) if (flame.spanAt(box).index === span) return box;
  }
  return frame === null ? -1 : flame.boxOfFrame(frame);
}

function toFacts(
  flame: ShownFlame,
  box: number,
  lookUpUse: ReturnType<typeof createUseLookup>,
  weight: FlameWeight,
  moment: Moment,
): readonly string[] {
  const span = flame.spanAt(box);
  const count = flame.countAt(box);
  const { layout } = flame;
  if (count > 1)
    return [formatCount(count, kindWords[span.kind]), formatWeight((layout.to[box] as number) - (layout.from[box] as number), weight)];
  const { wallMs, ownMs, tokens, costUsd } = lookUpUse(span);
  const isOver = span.endedSeq !== null && span.endedSeq <= moment.seq;
  return [
    span.model ?? kindWords[span.kind],
    outcomeWords[isOver ? span.outcome : 'open'],
    `${formatDuration(wallMs)}${ownMs > 0 && ownMs < wallMs ? `, ${formatDuration(ownMs)} its own` : ''}`,
    ...(tokens > 0 ? [`${formatTokens(tokens)} tok`, formatMoney(costUsd)] : []),
  ];
}
