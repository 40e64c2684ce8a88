import { MessageSquare, Repeat, Wrench } from 'lucide-react';
import { useState } from 'react';
import { setSelectedFrame, setSelectedRunNode, useSelection } from '../../state/selection.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDuration } from '../../ui/format.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { Tree } from '../../ui/tree.tsx';
import { type FrameRow, rootFrame, toFrameRows } from './frame-rows.ts';
import { useShownRun } from './use-shown-run.ts';

/** What happened inside what: run, attempts, turns, calls. Selecting a line shows it in the inspector. */
export function FramesPanel({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const selected = useSelection((store) => store.frameByRun[runKey] ?? null);
  if (shown === null) return <EmptyState isCompact title="No frames yet" text="They appear with the run’s first events." />;
  const rows = toFrameRows(shown.state, collapsed);
  const toggle = (id: string) =>
    setCollapsed((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return (
    <div className="flex h-full flex-col">
      <h2 className="section-label px-4 pt-3 pb-1.5">Frames</h2>
      {/* The tree's rows take the focus; the region around them only scrolls. */}
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        <Tree
          label="Frames"
          rows={rows.map((row) => ({
            id: row.id,
            depth: row.depth,
            label: row.label,
            isExpanded: row.isExpanded,
            icon: <RowIcon row={row} />,
            trailing: (
              <span className="flex shrink-0 items-center gap-1.5">
                {row.durationMs !== null && <span className="tabular text-11 text-ink-3">{formatDuration(row.durationMs)}</span>}
                <StatusDot status={row.status} size={12} />
              </span>
            ),
          }))}
          selectedId={selected ?? rootFrame}
          onSelect={(id) => (id === rootFrame ? setSelectedRunNode(runKey, null) : setSelectedFrame(runKey, id))}
          onToggle={toggle}
          onOpen={toggle}
        />
      </div>
    </div>
  );
}

function RowIcon({ row }: { readonly row: FrameRow }) {
  switch (row.kind) {
    case 'run':
      return null;
    case 'attempt':
      return <KindIcon kind={row.nodeKind ?? ''} size="small" />;
    case 'turn':
      return <Repeat size={13} aria-hidden className="shrink-0 text-ink-3" />;
    case 'model':
      return <MessageSquare size={13} aria-hidden className="shrink-0 text-model" />;
    case 'tool':
      return <Wrench size={13} aria-hidden className="shrink-0 text-tool" />;
  }
}
