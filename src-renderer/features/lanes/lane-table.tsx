import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import type { LaneFigures } from '#shared/run/lane-figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatDuration } from '../../ui/format.ts';
import type { LaneHistory } from './lane-history.ts';
import { formatRate, isFull, toPressureWords } from './lane-words.ts';
import { Sparkline } from './sparkline.tsx';

export interface LaneTableProps {
  readonly figures: SchedulingFigures;
  readonly history: LaneHistory;
  /** The lane whose nodes are listed; null for all. */
  readonly chosen: string | null;
  readonly onChoose: (lane: string | null) => void;
}

const columns = ['Waiting', 'At work', 'Wait p50', 'p95', 'Done', 'Rejected', 'Dropped', 'Too late'] as const;

/** A line for each lane; a lane's name narrows the list of waiting nodes to it. */
export function LaneTable({ figures, history, chosen, onChoose }: LaneTableProps) {
  return (
    <div className="shrink-0 overflow-x-auto rounded-lg border border-line bg-surface-1">
      <table className="tabular w-full text-12">
        <caption className="sr-only">Lanes: who waits, who is at work, how long it takes</caption>
        <thead>
          <tr className="text-11 text-ink-2">
            <th scope="col" className="h-7 px-3 text-left font-normal">
              Lane
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" className="px-2 text-right font-normal whitespace-nowrap last:pr-3">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.nodes.lanes.map((lane) => (
            <LaneLine
              key={lane.name}
              lane={lane}
              samples={history[lane.name]}
              isChosen={lane.name === chosen}
              onChoose={() => onChoose(lane.name === chosen ? null : lane.name)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LaneLineProps {
  readonly lane: LaneFigures;
  readonly samples: readonly number[] | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function LaneLine({ lane, samples, isChosen, onChoose }: LaneLineProps) {
  const full = isFull(lane);
  return (
    <tr className={`h-10 border-t border-line ${isChosen ? 'bg-surface-3' : ''}`}>
      <th scope="row" className="max-w-64 px-1 text-left font-normal">
        <button
          type="button"
          aria-pressed={isChosen}
          title={isChosen ? 'List the nodes of all lanes' : 'List only the nodes that wait here'}
          className="flex w-full flex-col rounded-md px-2 py-0.5 text-left hover:bg-surface-2"
          onClick={onChoose}
        >
          <span className="flex w-full items-center gap-1.5">
            <span className="min-w-0 truncate text-13">{lane.name}</span>
            {lane.priority !== 0 && (
              <Badge>
                priority {lane.priority > 0 ? '+' : '−'}
                {Math.abs(lane.priority)}
              </Badge>
            )}
            {full && <Badge tone="waiting">full</Badge>}
          </span>
          <span className="w-full truncate text-11 text-ink-3">{toPressureWords(lane)}</span>
        </button>
      </th>
      <td className="w-40 px-2">
        <span className="flex items-center gap-2">
          <Sparkline values={samples} className={full ? 'text-waiting' : 'text-running'} />
          <span className="w-10 shrink-0 text-right">{lane.depth.toLocaleString()}</span>
        </span>
        {lane.outside > 0 && <span className="block text-right text-11 text-waiting">+{lane.outside.toLocaleString()} outside</span>}
      </td>
      <td className="px-2 text-right whitespace-nowrap">
        {lane.atWork.toLocaleString()}
        {lane.quota !== null && <span className="text-ink-3"> / {lane.quota.toLocaleString()}</span>}
        {lane.paused > 0 && <span className="block text-11 text-ink-3">{lane.paused} paused for you</span>}
      </td>
      <td className="px-2 text-right whitespace-nowrap">{formatDuration(lane.waitP50Ms)}</td>
      <td className="px-2 text-right whitespace-nowrap">{formatDuration(lane.waitP95Ms)}</td>
      <td className="px-2 text-right whitespace-nowrap">{formatRate(lane.perSecond)}</td>
      <Count count={lane.rejected} />
      <Count count={lane.shed} />
      <Count count={lane.timedOut} />
    </tr>
  );
}

/** Who was turned away; none is nothing to look at. */
function Count({ count }: { readonly count: number }) {
  return <td className={`px-2 text-right last:pr-3 ${count === 0 ? 'text-ink-3' : 'text-failed'}`}>{count.toLocaleString()}</td>;
}
