import { Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { RunSummary } from '#shared/run/state.ts';
import { canRun, runCommand } from '../../app/commands.ts';
import { useIsOnline } from '../../state/connection.ts';
import { isActive, type RunFilter, selectRuns, useRuns } from '../../state/runs.ts';
import { openTab, useTabs } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { Select } from '../../ui/select.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';

const statuses: readonly { readonly value: RunFilter['status']; readonly label: string }[] = [
  { value: 'all', label: 'All runs' },
  { value: 'active', label: 'Going or waiting' },
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Stopped' },
];

/** Every run of the workspace, the newest first. */
export function RunsPanel() {
  const byId = useRuns((store) => store.byId);
  const isLoaded = useRuns((store) => store.isLoaded);
  const isOnline = useIsOnline();
  const activeId = useTabs((store) => store.activeId);
  const [filter, setFilter] = useState<RunFilter>({ status: 'all', text: '' });
  const runs = useMemo(() => selectRuns(byId, filter), [byId, filter]);
  const isEmpty = Object.keys(byId).length === 0;
  return (
    <div className="flex h-full flex-col">
      <h2 className="section-label px-4 pt-3 pb-1.5">Runs</h2>
      {!isEmpty && (
        <div className="flex gap-1.5 px-2 pb-1.5">
          <TextField
            label="Find runs"
            isLabelHidden
            type="search"
            placeholder="Find runs"
            value={filter.text}
            onChange={(event) => setFilter({ ...filter, text: event.target.value })}
            className="min-w-0 flex-1"
          />
          <Select
            label="Status of runs"
            isLabelHidden
            value={filter.status}
            options={statuses}
            onChange={(status) => setFilter({ ...filter, status })}
            className="w-26"
          />
        </div>
      )}
      <div className="min-h-0 flex-1 px-2">
        {!isLoaded && isEmpty ? (
          <div className="px-2 py-3">
            {isOnline ? (
              <Spinner label="Loading runs" />
            ) : (
              <p className="text-12 text-ink-2">Not connected. Runs appear when the host is back.</p>
            )}
          </div>
        ) : isEmpty ? (
          <EmptyState
            isCompact
            title="No runs yet"
            text="Run a workflow, and each run is kept here with everything that happened in it."
            actions={
              canRun('run.start') && (
                <Button size="small" icon={<Play size={12} />} onClick={() => runCommand('run.start')}>
                  Run the open workflow
                </Button>
              )
            }
          />
        ) : runs.length === 0 ? (
          <EmptyState isCompact title="No run fits" text="Choose another status or other words." />
        ) : (
          <VirtualList
            label="Runs"
            items={runs}
            rowHeight={42}
            toKey={(run) => run.runId}
            selectedIndex={runs.findIndex((run) => `run:${run.runId}` === activeId)}
            onSelect={(run) => openTab({ type: 'run', runId: run.runId })}
          >
            {(run, _index, isSelected) => <RunRow run={run} isSelected={isSelected} />}
          </VirtualList>
        )}
      </div>
    </div>
  );
}

function RunRow({ run, isSelected }: { readonly run: RunSummary; readonly isSelected: boolean }) {
  return (
    <div className={`flex h-full items-start gap-2 rounded-md px-2 py-1 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
      <span className="mt-0.75">
        <StatusDot status={run.status} size={13} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2 text-13">
          <span className="min-w-0 flex-1 truncate">{run.workflowName}</span>
          <span className="tabular shrink-0 text-11 text-ink-3">{run.status === 'waiting' ? 'waits' : <Duration run={run} />}</span>
        </p>
        <p className="tabular truncate text-11 leading-3.5 text-ink-3">
          <RelativeTime atMs={run.startedAtMs} />
          {run.part !== undefined && ` · ${run.part}`}
          {run.usage.modelCalls > 0 &&
            ` · ${formatTokens(run.usage.inputTokens + run.usage.outputTokens)} tok · ${formatMoney(run.usage.costUsd)}`}
        </p>
      </div>
    </div>
  );
}

function Duration({ run }: { readonly run: RunSummary }) {
  const nowMs = useNow(isActive(run.status) ? 1000 : null);
  return formatDuration(Math.max(0, (run.endedAtMs ?? nowMs) - run.startedAtMs));
}
