import { ArrowRightLeft, Hourglass, SquareArrowOutUpRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { getApi } from '../../state/connection.ts';
import { setSelectedRunNode } from '../../state/selection.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDuration, formatExactTime } from '../../ui/format.ts';
import { Menu } from '../../ui/menu.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { countWaiting, toWaitingRows, type WaitingRow } from './waiting-rows.ts';

export interface WaitingNodesProps {
  readonly figures: SchedulingFigures;
  readonly receivedAtMs: number;
  readonly lane: string | null;
  readonly isOnline: boolean;
}

/** Nodes that wait for room, longest first. The selected one can be moved to another lane; Enter opens its run. */
export function WaitingNodes({ figures, receivedAtMs, lane, isOnline }: WaitingNodesProps) {
  const rows = useMemo(() => toWaitingRows(figures, receivedAtMs, lane), [figures, receivedAtMs, lane]);
  const [selectedKey, setSelectedKey] = useState<string | null>(null);
  const selectedIndex = rows.findIndex(({ key }) => key === selectedKey);
  const selected = rows[selectedIndex];
  const count = countWaiting(figures, lane);
  const others = figures.nodes.lanes.filter(({ name }) => name !== selected?.lane);
  return (
    <section aria-label="Waiting nodes" className="@container flex min-w-0 flex-1 flex-col rounded-lg border border-line bg-surface-1">
      <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-3">
        <h3 className="min-w-0 flex-1 truncate text-12 font-medium">
          {lane === null ? 'Waiting nodes' : `Waiting in ${lane}`}{' '}
          <span className="tabular font-normal text-ink-2">
            {rows.length < count ? `the ${rows.length.toLocaleString()} longest of ${count.toLocaleString()}` : count.toLocaleString()}
          </span>
        </h3>
        <Menu
          label="Move to lane"
          trigger={
            <Button size="small" icon={<ArrowRightLeft size={12} />} disabled={selected === undefined || others.length === 0 || !isOnline}>
              Move to…
            </Button>
          }
          items={others.map(({ name }) => ({ label: name, onSelect: () => selected !== undefined && void move(selected, name) }))}
        />
        <Button
          size="small"
          icon={<SquareArrowOutUpRight size={12} />}
          disabled={selected === undefined}
          onClick={() => selected !== undefined && openRun(selected)}
        >
          Open run
        </Button>
      </div>
      <div className="min-h-0 flex-1">
        {rows.length === 0 ? (
          <EmptyState
            isCompact
            icon={<Hourglass size={18} />}
            title={lane === null ? 'No node waits' : `No node waits in ${lane}`}
            text="A node waits here while its lane, the workers or a limit have no room for it."
          />
        ) : (
          <Rows rows={rows} selectedIndex={selectedIndex} onSelect={setSelectedKey} />
        )}
      </div>
    </section>
  );
}

interface RowsProps {
  readonly rows: readonly WaitingRow[];
  readonly selectedIndex: number;
  readonly onSelect: (key: string) => void;
}

function Rows({ rows, selectedIndex, onSelect }: RowsProps) {
  const nowMs = useNow(1_000);
  return (
    <VirtualList
      label="Waiting nodes"
      items={rows}
      rowHeight={28}
      toKey={({ key }) => key}
      selectedIndex={selectedIndex}
      onSelect={({ key }) => onSelect(key)}
      onOpen={openRun}
    >
      {(row, _index, isSelected) => (
        <div className={`flex h-full items-center gap-3 px-3 text-12 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
          <span className="min-w-0 flex-1 truncate">
            {row.nodeName}
            <span className="text-ink-3"> · {row.workflowName}</span>
          </span>
          {row.priority !== 0 && <span className="tabular shrink-0 text-11 text-ink-3 @max-md:hidden">priority {row.priority}</span>}
          <span className="w-24 shrink-0 truncate text-ink-2">{row.lane}</span>
          <span className="tabular w-16 shrink-0 text-right text-ink-2" title={`since ${formatExactTime(row.sinceMs)}`}>
            {toWaitWords(nowMs - row.sinceMs)}
          </span>
        </div>
      )}
    </VirtualList>
  );
}

/** In whole seconds, as it is renewed each second. */
function toWaitWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000);
}

async function move({ runId, node, nodeName, lane }: WaitingRow, to: string): Promise<void> {
  const put = async (name: string) => void (await getApi().lane.move({ runId, node, lane: name }));
  try {
    await put(to);
    notifyDone(`${nodeName} was moved to ${to}`, () => put(lane));
  } catch (thrown) {
    notifyError(thrown);
  }
}

function openRun({ runId, node }: WaitingRow): void {
  setSelectedRunNode(`run:${runId}`, node);
  openTab({ type: 'run', runId });
}
