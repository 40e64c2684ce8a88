import { Ellipsis, GitFork, Hourglass, Layers, MessageSquare, Repeat, Wrench } from 'lucide-react';
import { useState } from 'react';
import type { RunState } from '#shared/run/state.ts';
import { enterScope, selectScope, setSelectedFrame, useSelection } from '../../state/selection.ts';
import { useShownRun } from '../../state/use-shown-run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDuration } from '../../ui/format.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { Tree } from '../../ui/tree.tsx';
import { type FrameRow, findFrame, rootFrame, toAttemptOfMore, toFrameRows } from './frame-rows.ts';

/** What happened inside what: run, attempts, turns, calls. Selecting a line shows it in the inspector. */
export function FramesPanel({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const selected = useSelection((store) => store.frameByRun[runKey] ?? null);
  const scope = useSelection((store) => selectScope(store, runKey));
  if (shown === null) return <EmptyState isCompact title="No frames yet" text="They appear with the run’s first events." />;
  const rows = toFrameRows(shown.state, toggled, scope);
  const toggle = (id: string) =>
    setToggled((before) => {
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
                {row.isTakenOver === true && (
                  <span className="text-ink-3" title="taken over from the run it was forked from">
                    <GitFork size={11} aria-hidden />
                    <span className="sr-only">taken over</span>
                  </span>
                )}
                {row.durationMs !== null && <span className="tabular text-11 text-ink-3">{formatDuration(row.durationMs)}</span>}
                <StatusDot status={row.status} size={12} />
              </span>
            ),
          }))}
          selectedId={selected ?? (scope === '' ? rootFrame : scope)}
          onSelect={(id) =>
            selectRow(
              runKey,
              shown.state,
              rows.find((row) => row.id === id),
            )
          }
          onToggle={toggle}
          onOpen={(id) => (toAttemptOfMore(id) === undefined ? toggle(id) : undefined)}
        />
      </div>
    </div>
  );
}

/** A frame is shown with its node, a scope with its graph; the row for further items opens their list. */
function selectRow(runKey: string, state: RunState, row: FrameRow | undefined): void {
  if (row === undefined) return;
  const more = toAttemptOfMore(row.id);
  const found = more === undefined ? undefined : findFrame(state, more);
  if (row.kind === 'run') enterScope(runKey, '');
  else if (row.kind === 'scope') enterScope(runKey, row.id);
  else if (row.kind !== 'more') setSelectedFrame(runKey, row.id);
  else if (found?.type === 'attempt') enterScope(runKey, found.attempt.scopes[0]?.path ?? '');
}

function RowIcon({ row }: { readonly row: FrameRow }) {
  switch (row.kind) {
    case 'run':
      return null;
    case 'attempt':
      return <KindIcon kind={row.nodeKind ?? ''} size="small" />;
    case 'scope':
      return <Layers size={13} aria-hidden className="shrink-0 text-control" />;
    case 'more':
      return <Ellipsis size={13} aria-hidden className="shrink-0 text-ink-3" />;
    case 'wait':
      return <Hourglass size={13} aria-hidden className="shrink-0 text-ink-3" />;
    case 'turn':
      return <Repeat size={13} aria-hidden className="shrink-0 text-ink-3" />;
    case 'model':
      return <MessageSquare size={13} aria-hidden className="shrink-0 text-model" />;
    case 'tool':
      return <Wrench size={13} aria-hidden className="shrink-0 text-tool" />;
  }
}
