import { useMemo, useState } from 'react';
import type { JsonObject } from '#shared/base/json.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { toNodeName } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { updateFollowedRun, withCursor } from '../../state/followed-runs.ts';
import { toPlaceWords, toScopeWords } from '../../state/scope-words.ts';
import { selectNodes, selectScope, setSelectedFrame, useSelection } from '../../state/selection.ts';
import { useShownRun } from '../../state/use-shown-run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDuration, formatExactTime } from '../../ui/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { describeEvent, type EventCategory, filterEvents } from './event-words.ts';

const categories: readonly { readonly value: EventCategory | 'all'; readonly label: string }[] = [
  { value: 'all', label: 'All events' },
  { value: 'run', label: 'Run' },
  { value: 'node', label: 'Nodes and turns' },
  { value: 'scope', label: 'Items, rounds, undoing' },
  { value: 'model', label: 'Model calls' },
  { value: 'tool', label: 'Tool calls' },
  { value: 'approval', label: 'Approvals' },
  { value: 'wait', label: 'Timers and signals' },
  { value: 'hook', label: 'Hooks' },
  { value: 'log', label: 'Logs' },
];

const tones = { plain: 'text-ink-1', succeeded: 'text-succeeded', failed: 'text-failed', waiting: 'text-waiting' } as const;

/** The journal of the run, line by line; selecting a line goes to that moment and shows the whole event. */
export function EventsPanel({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  const [category, setCategory] = useState<EventCategory | 'all'>('all');
  const [text, setText] = useState('');
  const [isHere, setIsHere] = useState(false);
  const here = useSelection((store) => selectNodes(store, runKey)[0] ?? selectScope(store, runKey));
  const allEvents = shown?.run.events;
  const events = useMemo(
    () => filterEvents(allEvents ?? [], category, text, isHere ? here : ''),
    [allEvents, category, text, isHere, here],
  );
  const seq = shown?.seq ?? 0;
  const selectedIndex = useMemo(() => findIndexOfSeq(events, seq), [events, seq]);
  if (shown === null) return <EmptyState isCompact title="No events yet" text="The journal of this run appears here." />;

  const { run, state, isAtHead } = shown;
  // The newest state knows the names of what had not begun yet at the moment that is shown.
  const named = run.head ?? state;
  const startedAtMs = state.startedAtMs;
  const event = run.events[seq - 1];
  const select = (selected: RunEvent) => {
    updateFollowedRun(runKey, (now) => withCursor(now, selected.seq));
    const { frame } = describeEvent(selected);
    if (frame !== null) setSelectedFrame(runKey, frame);
  };
  return (
    <div className="flex h-full">
      <div className="@container flex min-w-0 flex-1 flex-col">
        <div className="flex items-center gap-2 px-2 pb-1.5">
          <Select label="Kind of event" isLabelHidden value={category} options={categories} onChange={setCategory} className="w-36" />
          <TextField
            label="Find in events"
            isLabelHidden
            placeholder="Find in events"
            type="search"
            value={text}
            onChange={(change) => setText(change.target.value)}
            className="w-56"
          />
          <Segments
            label="Of what"
            value={isHere ? 'here' : 'all'}
            options={[
              { value: 'all', label: 'Whole run' },
              { value: 'here', label: here === '' ? 'Selection' : toHereWords(named, here) },
            ]}
            onChange={(value) => setIsHere(value === 'here')}
          />
          {events.length !== run.events.length && (
            <span className="tabular whitespace-nowrap text-11 text-ink-2">
              {events.length.toLocaleString()} of {run.events.length.toLocaleString()}
            </span>
          )}
        </div>
        <div className="min-h-0 flex-1">
          {events.length === 0 ? (
            <EmptyState isCompact title="No event fits" text="Choose another kind, other words, or the whole run." />
          ) : (
            <VirtualList
              label="Events"
              items={events}
              rowHeight={24}
              toKey={(item) => item.seq}
              selectedIndex={selectedIndex}
              isFollowing={isAtHead}
              onSelect={select}
            >
              {(item, _index, isSelected) => {
                const words = describeEvent(item);
                return (
                  <div
                    className={`flex h-full items-center gap-3 px-3 text-12 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'} ${item.seq > seq ? 'italic [&>*]:text-ink-3' : ''}`}
                  >
                    <span className="tabular w-8 shrink-0 text-right font-mono text-11 text-ink-3">{item.seq}</span>
                    <span className="tabular w-14 shrink-0 text-right font-mono text-11 text-ink-3">
                      {formatDuration(item.atMs - startedAtMs)}
                    </span>
                    <span className="w-36 shrink-0 truncate font-mono text-11 text-ink-2 @max-xl:hidden">{item.type}</span>
                    <span className="w-28 shrink-0 truncate text-ink-2">{words.node === null ? '' : toPlaceWords(named, words.node)}</span>
                    <span className={`min-w-0 flex-1 truncate ${tones[words.tone]}`}>{words.text}</span>
                  </div>
                );
              }}
            </VirtualList>
          )}
        </div>
      </div>
      {event !== undefined && (
        <div className="w-1/3 max-w-84 min-w-56 shrink-0 overflow-y-auto border-l border-line p-2 max-[1100px]:hidden">
          <p className="tabular mb-1.5 flex flex-wrap justify-between gap-x-2 font-mono whitespace-nowrap text-11 text-ink-2">
            <span>
              #{event.seq} {event.type}
            </span>
            <span>{formatExactTime(event.atMs)}</span>
          </p>
          <JsonView key={event.seq} value={event.data as unknown as JsonObject} label={`event ${event.seq}`} openDepth={2} />
        </div>
      )}
    </div>
  );
}

/** The node or scope that events are narrowed to. */
function toHereWords(state: RunState, here: string): string {
  return /\/i\d+$/.test(here) ? toScopeWords(state, here) : toNodeName(state, here);
}

/** The line at this moment: the last one that is not after it. */
function findIndexOfSeq(events: readonly RunEvent[], seq: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
