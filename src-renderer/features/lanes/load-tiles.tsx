import type { ReactNode } from 'react';
import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import { Meter } from './meter.tsx';
import { countWaiting } from './waiting-rows.ts';

/** What all lanes share, at a glance: workers, calls, who waits, who was turned away. */
export function LoadTiles({ figures }: { readonly figures: SchedulingFigures }) {
  const { workers, lanes } = figures.nodes;
  const calls = figures.calls.lanes[0];
  const waiting = countWaiting(figures, null);
  const outside = lanes.reduce((sum, lane) => sum + lane.outside, 0);
  const turnedAway = lanes.reduce((sum, lane) => sum + lane.rejected + lane.shed + lane.timedOut, 0);
  return (
    <dl className="grid shrink-0 grid-cols-4 gap-3">
      <Tile term="Workers" figure={`${workers.busy} of ${workers.now} busy`} note={`${workers.min} to ${workers.max}, as needed`}>
        <Meter label="Busy workers" value={workers.busy} most={workers.now} />
      </Tile>
      <Tile
        term="Calls of models and tools"
        figure={`${calls?.atWork ?? 0} of ${calls?.quota ?? figures.calls.workers.max} at once`}
        note={calls === undefined || calls.depth === 0 ? 'no call waits' : `${calls.depth.toLocaleString()} wait for a slot`}
      >
        <Meter label="Calls under way" value={calls?.atWork ?? 0} most={calls?.quota ?? figures.calls.workers.max} />
      </Tile>
      <Tile
        term="Nodes that wait"
        figure={waiting.toLocaleString()}
        note={outside === 0 ? 'in their lanes' : `${outside.toLocaleString()} of them outside a full lane`}
      />
      <Tile term="Turned away" figure={turnedAway.toLocaleString()} note="rejected, dropped or too late, since the host started" />
    </dl>
  );
}

interface TileProps {
  readonly term: string;
  readonly figure: string;
  readonly note: string;
  readonly children?: ReactNode;
}

function Tile({ term, figure, note, children }: TileProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1 rounded-lg border border-line bg-surface-1 px-3 py-2">
      <dt className="truncate text-11 text-ink-2" title={term}>
        {term}
      </dt>
      <dd className="flex flex-col gap-1">
        <span className="tabular truncate text-15 font-semibold">{figure}</span>
        <span className="truncate text-11 text-ink-3" title={note}>
          {note}
        </span>
        {children}
      </dd>
    </div>
  );
}
