import { Play, Search, Square } from 'lucide-react';
import { useConnection } from '../state/connection.ts';
import { useLayout } from '../state/layout.ts';
import { useStarting } from '../state/run-actions.ts';
import { isActive, useRuns } from '../state/runs.ts';
import { selectActiveTab, useTabs } from '../state/tabs.ts';
import { Button } from '../ui/button.tsx';
import { KeyHint } from '../ui/key-hint.tsx';
import { Segments } from '../ui/segments.tsx';
import { canRun, keysOf, runCommand } from './commands.ts';
import { setPerspective } from './perspective.ts';

/** Who we are, where we are, the search box, Build or Debug, and Run. */
export function TitleBar() {
  const host = useConnection((store) => store.host);
  const perspective = useLayout((layout) => layout.perspective);
  return (
    <header className="grid h-9.5 shrink-0 grid-cols-[1fr_minmax(160px,420px)_1fr] items-center gap-3 border-b border-line px-3">
      <div className="flex min-w-0 items-center gap-2">
        <span aria-hidden className="size-4 shrink-0 rounded-sm bg-linear-to-br from-accent to-agent" />
        <h1 className="text-13 font-semibold">Heddle</h1>
        {host !== null && (
          <span className="truncate text-13 text-ink-2" title={host.workspace}>
            {host.workspaceName}
            {host.isReadOnly && ' · read-only'}
          </span>
        )}
      </div>
      <button
        type="button"
        className="flex h-6.5 min-w-0 items-center gap-2 rounded-md border border-line bg-surface-2 px-2 text-left text-12 text-ink-2 transition-colors hover:border-line-strong hover:text-ink-1"
        onClick={() => runCommand('palette.open')}
      >
        <Search size={14} aria-hidden className="shrink-0" />
        <span className="min-w-0 flex-1 truncate">Search, run a command, open a run…</span>
        <KeyHint keys={keysOf('palette.open') ?? ''} />
      </button>
      <div className="flex items-center justify-end gap-2">
        <Segments
          label="Perspective"
          value={perspective}
          options={[
            { value: 'build', label: 'Build' },
            { value: 'debug', label: 'Debug' },
          ]}
          onChange={setPerspective}
        />
        <RunButtons />
      </div>
    </header>
  );
}

function RunButtons() {
  const tab = useTabs(selectActiveTab);
  const run = useRuns((store) => (tab?.type === 'run' ? store.byId[tab.runId] : undefined));
  const isOnline = useConnection((store) => store.connection.status === 'online');
  const isStarting = useStarting((store) => store.count > 0);
  if (run !== undefined && isActive(run.status)) {
    return (
      <Button
        tone="danger"
        icon={<Square size={13} />}
        disabled={!isOnline || run.status === 'cancelling'}
        onClick={() => runCommand('run.stop')}
      >
        {run.status === 'cancelling' ? 'Stopping' : 'Stop'}
        <KeyHint keys={keysOf('run.stop') ?? ''} />
      </Button>
    );
  }
  return (
    <Button
      tone="primary"
      icon={<Play size={13} />}
      isBusy={isStarting}
      disabled={!isOnline || !canRun('run.start')}
      onClick={() => runCommand('run.start')}
    >
      {isStarting ? 'Starting' : tab?.type === 'run' ? 'Run again' : 'Run'}
      <kbd className="rounded-sm border border-current/40 px-1 font-sans text-11 font-normal">{keysOf('run.start')}</kbd>
    </Button>
  );
}
