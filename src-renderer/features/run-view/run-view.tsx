import { SearchX } from 'lucide-react';
import { useEffect } from 'react';
import { parseFrame } from '#shared/run/frame.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { useIsOnline } from '../../state/connection.ts';
import { followRun, loadRecordedRun } from '../../state/follow-run.ts';
import { useFollowedRuns } from '../../state/followed-runs.ts';
import { selectNodes, setSelectedRunNode, useSelection } from '../../state/selection.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { NodeList } from './node-list.tsx';
import { RecordedNote } from './recorded-note.tsx';
import { RunHeader } from './run-header.tsx';
import { Scrubber } from './scrubber.tsx';
import { useShownRun } from './use-shown-run.ts';

/** The tab of a run, live or recorded: header, canvas, and the scrubber over its events. */
export function RunView({ runKey }: { readonly runKey: string }) {
  useFollowing(runKey);
  const followed = useFollowedRuns((store) => store.byKey[runKey]);
  const shown = useShownRun(runKey);
  const selectedNode = useSelection((store) => selectNodes(store, runKey)[0] ?? null);
  const isOnline = useIsOnline();

  if (shown === null) {
    if (followed?.phase === 'failed' && followed.error !== null) {
      return (
        <div className="p-6">
          <ErrorNote error={followed.error} />
        </div>
      );
    }
    if (followed?.phase === 'ended')
      return <EmptyState icon={<SearchX size={24} />} title="This run has no events" text="Its journal is empty." />;
    return (
      <div className="flex h-full items-center justify-center">
        {isOnline ? (
          <Spinner label="Reading the journal" />
        ) : (
          <EmptyState title="Not connected" text="This run is shown as soon as the host is back." />
        )}
      </div>
    );
  }

  const { run, state, isAtHead } = shown;
  const streamingNodes = new Set(isAtHead ? Object.keys(run.liveText).map((frame) => parseFrame(frame).node) : []);
  return (
    <div className="flex h-full flex-col">
      <RunHeader shown={shown} runKey={runKey} />
      <RecordedNote runKey={runKey} />
      <div className="relative min-h-0 flex-1">
        <PanelSlot
          id="run-canvas"
          runKey={runKey}
          state={state}
          streamingNodes={streamingNodes}
          selectedNode={selectedNode}
          onSelectNode={(node) => setSelectedRunNode(runKey, node)}
          fallback={<NodeList state={state} selectedNode={selectedNode} onSelect={(node) => setSelectedRunNode(runKey, node)} />}
        />
      </div>
      <Scrubber shown={shown} />
    </div>
  );
}

/** Follows the run while the tab is there. */
function useFollowing(runKey: string): void {
  const isOnline = useIsOnline();
  const [type, ...rest] = runKey.split(':');
  const id = rest.join(':');
  useEffect(() => {
    if (type !== 'run') return undefined;
    const following = new AbortController();
    followRun(id, following.signal);
    return () => following.abort();
  }, [type, id]);
  useEffect(() => {
    if (type === 'template' && isOnline) void loadRecordedRun(id);
  }, [type, id, isOnline]);
}
