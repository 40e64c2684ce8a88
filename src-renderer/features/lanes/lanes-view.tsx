import { Gauge, Settings2, WifiOff } from 'lucide-react';
import { runCommand } from '../../app/commands.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { useIsOnline } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { BreakerCards } from './breaker-cards.tsx';
import { useLaneStore, useLaneWatch } from './lane-store.ts';
import { LaneTable } from './lane-table.tsx';
import { LimitList } from './limit-list.tsx';
import { LoadTiles } from './load-tiles.tsx';
import { WaitingNodes } from './waiting-nodes.tsx';

/** Everything about who is at work and who waits, live. */
export function LanesView() {
  useLaneWatch();
  const figures = useLaneStore((store) => store.figures);
  const receivedAtMs = useLaneStore((store) => store.receivedAtMs);
  const history = useLaneStore((store) => store.history);
  const lane = useLaneStore((store) => store.lane);
  const error = useLaneStore((store) => store.error);
  const isOnline = useIsOnline();
  if (figures === null) {
    if (error !== null && isOnline)
      return (
        <div className="p-4">
          <ErrorNote error={error} />
        </div>
      );
    return isOnline ? (
      <div className="flex h-full items-center justify-center">
        <Spinner label="Loading lanes" />
      </div>
    ) : (
      <EmptyState icon={<Gauge size={28} />} title="Not connected" text="Lanes, workers and who waits appear when the host is back." />
    );
  }
  return (
    <div className="@container flex h-full min-h-0 flex-col">
      <header className="flex h-11 shrink-0 items-center gap-3 px-4">
        <h2 className="text-15 font-semibold">Lanes</h2>
        {!isOnline && (
          <span className="inline-flex items-center gap-1.5 text-12 text-waiting">
            <WifiOff size={13} aria-hidden />
            Not connected: these are the last figures.
          </span>
        )}
        <span className="flex-1" />
        <Button size="small" icon={<Settings2 size={13} />} onClick={() => runCommand('settings.lanes')}>
          Set up lanes
        </Button>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto px-4 pb-4">
        <LoadTiles figures={figures} />
        <LaneTable figures={figures} history={history} chosen={lane} onChoose={(name) => useLaneStore.setState({ lane: name })} />
        <div className="flex min-h-64 flex-1 gap-3">
          <WaitingNodes figures={figures} receivedAtMs={receivedAtMs} lane={lane} isOnline={isOnline} />
          <div className="flex w-56 shrink-0 flex-col gap-3 overflow-y-auto @6xl:w-80">
            <BreakerCards breakers={figures.breakers} receivedAtMs={receivedAtMs} />
            <LimitList limits={[...figures.nodes.limits, ...figures.calls.limits]} />
          </div>
        </div>
      </div>
    </div>
  );
}
