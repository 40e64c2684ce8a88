import { ChevronFirst, ChevronLast, StepBack, StepForward } from 'lucide-react';
import { useMemo } from 'react';
import type { RunEvent } from '#shared/run/events.ts';
import { keysOf, runCommand } from '../../app/commands.ts';
import { useIsOnline } from '../../state/connection.ts';
import { updateFollowedRun, withCursor } from '../../state/followed-runs.ts';
import type { ShownRun } from '../../state/use-shown-run.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { describeEvent } from './event-words.ts';

/** The bar over a run's events: drag it, step with the keys, or go back to the newest. */
export function Scrubber({ shown }: { readonly shown: ShownRun }) {
  const { run, seq, isAtHead } = shown;
  const isOnline = useIsOnline();
  const last = run.events.length;
  const event = run.events[seq - 1];
  const marks = useMemo(() => toMarks(run.events), [run.events]);
  const isLive = run.phase === 'live' && isOnline;
  return (
    <div className="flex h-10 shrink-0 items-center gap-1 border-t border-line bg-surface-1 px-2">
      <IconButton
        size="small"
        label="First event"
        keys={keysOf('run.firstEvent')}
        icon={<ChevronFirst size={15} />}
        disabled={seq <= 1}
        onClick={() => runCommand('run.firstEvent')}
      />
      <IconButton
        size="small"
        label="Previous event"
        keys={keysOf('run.previousEvent')}
        icon={<StepBack size={14} />}
        disabled={seq <= 1}
        onClick={() => runCommand('run.previousEvent')}
      />
      <IconButton
        size="small"
        label="Next event"
        keys={keysOf('run.nextEvent')}
        icon={<StepForward size={14} />}
        disabled={isAtHead}
        onClick={() => runCommand('run.nextEvent')}
      />
      <div className="relative mx-1 flex h-6 min-w-16 flex-1 items-center">
        <div aria-hidden className="absolute inset-x-1.5 h-1 rounded-full bg-surface-3">
          <div className="h-full rounded-full bg-accent" style={{ width: `${toPercent(seq, last)}%` }} />
          {marks.map((mark) => (
            <span
              key={mark.seq}
              className={`absolute -top-1 h-3 w-0.5 rounded-full ${mark.color}`}
              style={{ left: `${toPercent(mark.seq, last)}%` }}
            />
          ))}
        </div>
        <input
          type="range"
          aria-label="Event shown"
          aria-valuetext={event === undefined ? undefined : `event ${seq} of ${last}, ${describeEvent(event).text}`}
          className="scrub relative w-full"
          min={1}
          max={Math.max(1, last)}
          value={seq}
          onChange={(change) => updateFollowedRun(run.key, (now) => withCursor(now, Number(change.target.value)))}
        />
      </div>
      <IconButton
        size="small"
        label="Newest event"
        keys={keysOf('run.lastEvent')}
        icon={<ChevronLast size={15} />}
        disabled={isAtHead}
        onClick={() => runCommand('run.lastEvent')}
      />
      <span className="tabular w-32 shrink-0 text-right font-mono text-11 text-ink-2">
        event {seq.toLocaleString()} / {last.toLocaleString()}
      </span>
      <span
        className={`flex w-14 shrink-0 items-center justify-end gap-1.5 text-11 ${isLive && isAtHead ? 'text-succeeded' : 'text-ink-2'}`}
      >
        <span aria-hidden className={`size-1.5 rounded-full ${isLive && isAtHead ? 'bg-succeeded' : 'bg-ink-3'}`} />
        {!isAtHead ? 'past' : isLive ? 'live' : run.phase === 'ended' ? 'ended' : 'paused'}
      </span>
    </div>
  );
}

/** More marks than this would run into one another. */
const mostMarks = 160;

const markColors: Partial<Record<RunEvent['type'], string>> = {
  'node.failed': 'bg-failed',
  'run.failed': 'bg-failed',
  'toolCall.outcomeUnknown': 'bg-waiting',
  'approval.requested': 'bg-waiting',
  'run.resumed': 'bg-running',
  'node.succeeded': 'bg-succeeded',
};

/** The events worth finding again: ends of nodes, failures, questions, resumptions. */
function toMarks(events: readonly RunEvent[]): readonly { readonly seq: number; readonly color: string }[] {
  const marks = events.flatMap((event) => {
    const color = markColors[event.type];
    return color === undefined ? [] : [{ seq: event.seq, color }];
  });
  return marks.length <= mostMarks ? marks : marks.filter((mark) => mark.color !== 'bg-succeeded').slice(-mostMarks);
}

function toPercent(seq: number, last: number): number {
  return last <= 1 ? 100 : ((seq - 1) / (last - 1)) * 100;
}
