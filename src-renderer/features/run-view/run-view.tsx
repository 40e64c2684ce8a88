import { SearchX } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { parseFrame } from '#shared/run/frame.ts';
import { findGraph, findScope } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { useIsOnline } from '../../state/connection.ts';
import { followRun, loadRecordedRun } from '../../state/follow-run.ts';
import { useFollowedRuns } from '../../state/followed-runs.ts';
import { toKnownScope, toScopeToEnter } from '../../state/scope-words.ts';
import { enterScope, selectNodes, selectScope, setSelectedRunNode, useSelection } from '../../state/selection.ts';
import { useShownRun } from '../../state/use-shown-run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { hasItems, ItemsList } from './items-list.tsx';
import { NodeList } from './node-list.tsx';
import { RecordedNote } from './recorded-note.tsx';
import { RunHeader } from './run-header.tsx';
import { SagaStrip } from './saga-strip.tsx';
import { ScopeBar } from './scope-bar.tsx';
import { Scrubber } from './scrubber.tsx';

/** The tab of a run, live or recorded: header, canvas, and the scrubber over its events. */
export function RunView({ runKey }: { readonly runKey: string }) {
  useFollowing(runKey);
  const followed = useFollowedRuns((store) => store.byKey[runKey]);
  const shown = useShownRun(runKey);
  const selectedNode = useSelection((store) => selectNodes(store, runKey)[0] ?? null);
  const wantedScope = useSelection((store) => selectScope(store, runKey));
  const isOnline = useIsOnline();
  // Back in time the scope may not have begun; the closest one around it is shown until it has.
  const scope = shown === null ? '' : toKnownScope(shown.state, wantedScope);
  const graph = useMemo(() => (shown === null ? undefined : findGraph(shown.state, scope)), [shown, scope]);

  if (shown === null || graph === undefined) {
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
      <PanelSlot id="run-origin" runKey={runKey} />
      <PanelSlot id="run-notice" runKey={runKey} />
      {scope !== '' && <ScopeBar runKey={runKey} state={state} scope={scope} />}
      <SagaStrip state={state} scope={scope} graph={graph} />
      <div className="flex min-h-0 flex-1">
        {hasItems(state, scope) && <ItemsList runKey={runKey} state={state} scope={scope} />}
        <div className="relative min-w-0 flex-1">
          {/* Items of the same workflow are drawn on the same canvas, which keeps its place; another workflow begins anew. */}
          <PanelSlot
            key={toCanvasKey(state, scope)}
            id="run-canvas"
            runKey={runKey}
            state={state}
            graph={graph}
            scope={scope}
            streamingNodes={streamingNodes}
            selectedNode={selectedNode}
            onSelectNode={(node) => setSelectedRunNode(runKey, node)}
            onEnterNode={(node) => enterNode(runKey, state, node)}
            fallback={
              <NodeList graph={graph} scope={scope} selectedNode={selectedNode} onSelect={(node) => setSelectedRunNode(runKey, node)} />
            }
          />
        </div>
      </div>
      <Scrubber shown={shown} />
    </div>
  );
}

/** Shows what a node ran inside; of several items the one most likely looked for. */
function enterNode(runKey: string, state: RunState, node: string): void {
  const scope = toScopeToEnter(state, node);
  if (scope !== undefined) enterScope(runKey, scope);
}

function toCanvasKey(state: RunState, scope: string): string {
  return findScope(state, scope)?.workflowPath ?? '';
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
