import { useMemo, useState } from 'react';
import { type ComparedSegment, compareSegments } from '#shared/context/compare-segments.ts';
import type { Segment } from '#shared/context/segments.ts';
import { parseFrame } from '#shared/run/frame.ts';
import type { RunState } from '#shared/run/state.ts';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { selectNodes, setSelectedFrame, setSelectedRunNode, useSelection } from '../../state/selection.ts';
import { useShownRun } from '../../state/use-shown-run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatMoney } from '../../ui/format.ts';
import { Select } from '../../ui/select.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { ContextBar } from './context-bar.tsx';
import { chooseCall, listModelCalls, type PlacedCall, segmentsOf, toCallWords } from './model-calls.ts';
import { SegmentDetails } from './segment-details.tsx';
import { kindColors, kindWords, type OriginTarget, toOriginWords, toPreview } from './segment-words.ts';

/** What a model saw: every piece of what was sent, how much of it, and where it comes from; or what is different from another call. */
export function ContextPanel({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  const frame = useSelection((store) => store.frameByRun[runKey] ?? null);
  const node = useSelection((store) => selectNodes(store, runKey)[0] ?? null);
  const state = shown?.state;
  const calls = useMemo(() => (state === undefined ? [] : listModelCalls(state)), [state]);
  /** The way to where a piece comes from selects something else; the context stays until the selection moves on. */
  const [held, setHeld] = useState<{ readonly call: string; readonly frame: string | null; readonly node: string | null } | null>(null);
  const isHeld = held !== null && held.frame === frame && held.node === node;
  const chosen = chooseCall(calls, isHeld ? held.call : frame, isHeld ? null : node);
  if (state === undefined || calls.length === 0)
    return <EmptyState isCompact title="No model was asked yet" text="What each model was sent appears here with its first call." />;
  if (chosen === undefined)
    return (
      <EmptyState
        isCompact
        title="No model was asked here"
        text="Select a node, turn or call that asks a model, or nothing for the last call of the run."
      />
    );
  return (
    <Context
      key={chosen.call.frame}
      runKey={runKey}
      state={state}
      calls={calls}
      chosen={chosen}
      onLeave={(target) => setHeld({ call: chosen.call.frame, ...target })}
    />
  );
}

interface ContextProps {
  readonly runKey: string;
  readonly state: RunState;
  readonly calls: readonly PlacedCall[];
  readonly chosen: PlacedCall;
  /** Something else is about to be selected. */
  readonly onLeave: (target: { readonly frame: string | null; readonly node: string | null }) => void;
}

const nothing = '';

function Context({ runKey, state, calls, chosen, onLeave }: ContextProps) {
  const [otherFrame, setOtherFrame] = useState(nothing);
  const [selected, setSelected] = useState(-1);
  const { call } = chosen;
  const segments = useMemo(() => segmentsOf(state, chosen), [state, chosen]);
  const other = calls.find((candidate) => candidate.call.frame === otherFrame);
  const compared = useMemo(
    () => (other === undefined ? null : compareSegments(segmentsOf(state, other), segments).filter(({ type }) => type !== 'same')),
    [state, other, segments],
  );
  const rows: readonly Row[] = compared ?? segments.map((after): Row => ({ type: 'same', before: after, after }));
  const options = useMemo(() => calls.map((each) => ({ value: each.call.frame, label: toCallWords(state, each) })), [calls, state]);
  const total = sumTokens(segments);
  const goTo = ({ frame, node }: OriginTarget) => {
    // A frame is selected together with its node.
    onLeave({ frame, node: frame === null ? node : parseFrame(frame).node });
    if (frame === null) setSelectedRunNode(runKey, node);
    else setSelectedFrame(runKey, frame);
  };
  return (
    <div className="flex h-full">
      <div className="@container flex min-w-0 flex-1 flex-col">
        <div className="flex flex-wrap items-center gap-2 px-2 pb-1.5">
          <Select
            label="Model call"
            isLabelHidden
            className="w-56"
            value={call.frame}
            options={options}
            onChange={(next) => setSelectedFrame(runKey, next)}
          />
          <Select
            label="Compare with"
            isLabelHidden
            className="w-56"
            value={otherFrame}
            options={[
              { value: nothing, label: 'Compared with nothing' },
              ...options
                .filter(({ value }) => value !== call.frame)
                .map(({ value, label }) => ({ value, label: `Compared with ${label}` })),
            ]}
            onChange={(next) => {
              setOtherFrame(next);
              setSelected(-1);
            }}
          />
          <Measured chosen={chosen} total={total} />
          <span className="flex-1" />
          <PanelSlot id="call-actions" call={call} />
        </div>
        <ContextBar segments={segments} onSelect={(index) => compared === null && setSelected(index)} />
        {compared !== null && other !== undefined && (
          <Difference compared={compared} chosen={chosen} other={other} by={total - sumTokens(segmentsOf(state, other))} />
        )}
        <div className="min-h-0 flex-1">
          <VirtualList
            label={compared === null ? 'What was sent' : 'What is different'}
            items={rows}
            rowHeight={24}
            toKey={(row) => rows.indexOf(row)}
            selectedIndex={selected}
            onSelect={(_row, index) => setSelected(index)}
          >
            {(row, _index, isSelected) => (
              <Line row={row} state={state} total={total} isSelected={isSelected} isCompared={compared !== null} />
            )}
          </VirtualList>
        </div>
      </div>
      {rows[selected] !== undefined && <SegmentDetails key={selected} row={rows[selected]} state={state} onGo={goTo} />}
    </div>
  );
}

type Row = ComparedSegment;

const changeWords = { same: '', added: 'added', removed: 'removed', changed: 'changed', moved: 'moved' } as const;
const changeTones = { same: '', added: 'text-succeeded', removed: 'text-failed', changed: 'text-waiting', moved: 'text-held' } as const;

interface LineProps {
  readonly row: Row;
  readonly state: RunState;
  readonly total: number;
  readonly isSelected: boolean;
  readonly isCompared: boolean;
}

function Line({ row, state, total, isSelected, isCompared }: LineProps) {
  const segment = row.after ?? row.before;
  return (
    <div className={`flex h-full items-center gap-3 px-3 text-12 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
      {isCompared && <span className={`w-14 shrink-0 text-11 ${changeTones[row.type]}`}>{changeWords[row.type]}</span>}
      <span className="flex w-32 shrink-0 items-center gap-1.5 truncate text-ink-2 @max-md:w-24">
        <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: `var(--color-${kindColors[segment.kind]})` }} />
        {kindWords[segment.kind]}
      </span>
      <span className="min-w-0 flex-1 truncate text-ink-1">{toPreview(segment)}</span>
      <span className="w-52 shrink-0 truncate text-11 text-ink-3 @max-3xl:hidden">{toOriginWords(state, segment)}</span>
      <span className="tabular w-20 shrink-0 text-right text-11 text-ink-2" title="Estimated by Heddle, not measured by the provider">
        ≈ {segment.estimatedTokens.toLocaleString()}
      </span>
      <span className="tabular w-9 shrink-0 text-right text-11 text-ink-3">{toShare(segment, total)}</span>
    </div>
  );
}

/** The two counts stand beside each other and are never mixed: our estimate before sending, and what the provider measured. */
function Measured({ chosen: { call }, total }: { readonly chosen: PlacedCall; readonly total: number }) {
  const answer = call.outcome.type === 'completed' ? call.outcome.answer : null;
  const measured = answer?.usage ?? null;
  return (
    <p className="tabular text-12 text-ink-2">
      ≈ {total.toLocaleString()} tokens estimated ·{' '}
      {measured === null
        ? 'not measured by the provider'
        : `${measured.inputTokens.toLocaleString()} measured${measured.cachedInputTokens > 0 ? `, ${measured.cachedInputTokens.toLocaleString()} from its cache` : ''} · ${formatMoney(answer?.costUsd)}`}
    </p>
  );
}

interface DifferenceProps {
  readonly compared: readonly ComparedSegment[];
  readonly chosen: PlacedCall;
  readonly other: PlacedCall;
  /** Estimated tokens more than the other. */
  readonly by: number;
}

function Difference({ compared, chosen, other, by }: DifferenceProps) {
  const cost = costOf(chosen) === null || costOf(other) === null ? null : (costOf(chosen) as number) - (costOf(other) as number);
  return (
    <p role="status" className="tabular px-3 pb-1 text-12 text-ink-2">
      {compared.length === 0
        ? 'Both were sent the same.'
        : `${compared.length.toLocaleString()} ${compared.length === 1 ? 'piece differs' : 'pieces differ'}`}
      {compared.length > 0 && ` · ≈ ${signed(by)} tokens`}
      {cost !== null && cost !== 0 && ` · ${cost > 0 ? '+' : '−'}${formatMoney(Math.abs(cost))}`}
    </p>
  );
}

function costOf({ call }: PlacedCall): number | null {
  return call.outcome.type === 'completed' ? call.outcome.answer.costUsd : null;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toLocaleString()}`;
}

function sumTokens(segments: readonly Segment[]): number {
  return segments.reduce((sum, { estimatedTokens }) => sum + estimatedTokens, 0);
}

function toShare({ estimatedTokens }: Segment, total: number): string {
  const percent = total === 0 ? 0 : (estimatedTokens / total) * 100;
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}
