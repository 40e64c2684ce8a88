import { Gauge } from 'lucide-react';
import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import { useIsOnline } from '../../state/connection.ts';
import { openTab } from '../../state/tabs.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount } from '../../ui/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import { BreakerState } from './breaker-state.tsx';
import { useLaneStore, useLaneWatch } from './lane-store.ts';
import { isFull, sortBreakers, toBreakerName } from './lane-words.ts';
import { Meter } from './meter.tsx';
import { countWaiting } from './waiting-rows.ts';

/** The lanes in brief, to be kept in sight beside a run. Choosing one lists who waits in it. */
export function LaneList() {
  useLaneWatch();
  const figures = useLaneStore((store) => store.figures);
  const isOnline = useIsOnline();
  return (
    <div className="flex h-full flex-col overflow-y-auto pb-3">
      <h2 className="section-label px-4 pt-3 pb-1.5">Lanes</h2>
      {figures === null ? (
        isOnline ? (
          <div className="px-4 py-1">
            <Spinner label="Loading lanes" />
          </div>
        ) : (
          <EmptyState isCompact icon={<Gauge size={20} />} title="Not connected" text="Lanes appear when the host is back." />
        )
      ) : (
        <Brief figures={figures} />
      )}
    </div>
  );
}

function Brief({ figures }: { readonly figures: SchedulingFigures }) {
  const chosen = useLaneStore((store) => store.lane);
  const { workers } = figures.nodes;
  const troubled = sortBreakers(figures.breakers).filter(({ state }) => state !== 'closed');
  const show = (lane: string | null) => {
    useLaneStore.setState({ lane });
    openTab({ type: 'lanes' });
  };
  return (
    <>
      <ul className="flex flex-col gap-0.5 px-2">
        <li>
          <LaneButton name="All lanes" isCurrent={chosen === null} waiting={countWaiting(figures, null)} onClick={() => show(null)} />
        </li>
        {figures.nodes.lanes.map((lane) => (
          <li key={lane.name}>
            <LaneButton
              name={lane.name}
              isCurrent={chosen === lane.name}
              isFull={isFull(lane)}
              waiting={lane.depth + lane.outside}
              atWork={lane.atWork}
              quota={lane.quota}
              onClick={() => show(lane.name)}
            />
          </li>
        ))}
      </ul>
      <h3 className="section-label px-4 pt-4 pb-1.5">Workers</h3>
      <div className="flex flex-col gap-1.5 px-4 text-12">
        <p className="tabular flex justify-between">
          <span>
            {workers.busy} of {workers.now} busy
          </span>
          <span className="text-ink-2">
            {workers.min}–{workers.max}
          </span>
        </p>
        <Meter label="Busy workers" value={workers.busy} most={workers.now} />
      </div>
      <h3 className="section-label px-4 pt-4 pb-1.5">Circuit breakers</h3>
      {troubled.length === 0 ? (
        <p className="px-4 text-12 text-ink-2">All closed.</p>
      ) : (
        <ul className="flex flex-col gap-1 px-4 text-12">
          {troubled.map(({ key, state }) => (
            <li key={key} className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate">{toBreakerName(key)}</span>
              <BreakerState state={state} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface LaneButtonProps {
  readonly name: string;
  readonly isCurrent: boolean;
  readonly isFull?: boolean;
  readonly waiting: number;
  readonly atWork?: number;
  readonly quota?: number | null;
  readonly onClick: () => void;
}

function LaneButton({ name, isCurrent, isFull: isAtItsEnd = false, waiting, atWork, quota = null, onClick }: LaneButtonProps) {
  return (
    <button
      type="button"
      aria-current={isCurrent ? 'true' : undefined}
      className="flex w-full flex-col gap-1 rounded-md px-2 py-1.5 text-left text-13 hover:bg-surface-2 aria-[current]:bg-surface-3"
      onClick={onClick}
    >
      <span className="flex w-full items-baseline gap-2">
        <span className="min-w-0 flex-1 truncate">{name}</span>
        <span className={`tabular shrink-0 text-11 ${isAtItsEnd ? 'text-waiting' : 'text-ink-3'}`}>
          {waiting === 0 ? 'nobody waits' : `${formatCount(waiting, 'waits', 'wait')}${isAtItsEnd ? ', full' : ''}`}
        </span>
      </span>
      {atWork !== undefined && (
        <span className="flex w-full items-center gap-2">
          <Meter label={`At work in ${name}`} value={atWork} most={quota} />
          <span className="tabular shrink-0 text-11 text-ink-3">
            {atWork}
            {quota === null ? '' : `/${quota}`} at work
          </span>
        </span>
      )}
    </button>
  );
}
