import { DoorOpen } from 'lucide-react';
import { findNodeState } from '#shared/run/node-states.ts';
import type { GivenSource } from '#shared/run/part.ts';
import type { AttemptState, CallState, RunState, TurnState, WaitState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { toGivenWords } from '../../state/given-words.ts';
import { toPlaceWords, toScopeToEnter } from '../../state/scope-words.ts';
import { enterScope, setSelectedFrame } from '../../state/selection.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { formatDuration } from '../../ui/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { toSkipWords } from './event-words.ts';
import { FactList } from './fact-list.tsx';
import { findNodeDocument, toCallStatus, toNodeStatus } from './frame-rows.ts';
import { HookSayings } from './hook-sayings.tsx';
import { toUsageFacts } from './usage-facts.ts';

export interface AttemptDetailsProps {
  readonly state: RunState;
  readonly node: string;
  /** Undefined while the node has not started. */
  readonly attempt: AttemptState | undefined;
  /** Narrows the calls to one turn. */
  readonly turn?: TurnState;
  readonly runKey: string;
}

/** One try at a node: what went in, which calls it made, what came out. */
export function AttemptDetails({ state, node, attempt, turn, runKey }: AttemptDetailsProps) {
  const document = findNodeDocument(state, node);
  const nodeState = findNodeState(state, node);
  if (nodeState === undefined) return null;
  const scope = toScopeToEnter(state, node);
  const calls = turn?.calls ?? [...(attempt?.calls ?? []), ...(attempt?.turns.flatMap((candidate) => candidate.calls) ?? [])];
  const isNewest = nodeState.status !== 'pending' && attempt?.attempt === nodeState.attempts.length;
  const endedAtMs = turn?.endedAtMs ?? attempt?.endedAtMs ?? null;
  const startedAtMs = turn?.startedAtMs ?? attempt?.startedAtMs;
  return (
    <div className="flex flex-col gap-3 p-3">
      <div className="flex items-center gap-2">
        <KindIcon kind={document?.kind ?? ''} />
        <h2 className="min-w-0 flex-1 truncate text-13 font-semibold">
          {toPlaceWords(state, node)}
          {turn !== undefined && <span className="font-normal text-ink-2"> · turn {turn.turn}</span>}
          {turn === undefined && attempt !== undefined && attempt.attempt > 1 && (
            <span className="font-normal text-ink-2"> · attempt {attempt.attempt}</span>
          )}
        </h2>
        <StatusDot status={toNodeStatus(nodeState)} hasWord />
      </div>
      {'given' in nodeState && nodeState.given !== undefined && <Given source={nodeState.given} />}
      {nodeState.status === 'skipped' && <p className="text-12 text-ink-2">Skipped: {toSkipWords(nodeState.reason)}.</p>}
      {attempt === undefined && nodeState.status === 'pending' && (
        <p className="text-12 text-ink-2">At this moment the run has not reached it.</p>
      )}
      {nodeState.status === 'queued' && (
        <p className="text-12 text-ink-2">
          Waits for room in the lane <span className="font-mono">{nodeState.lane}</span>, for <Elapsed sinceMs={nodeState.queuedAtMs} />{' '}
          now.
        </p>
      )}
      {nodeState.status === 'retrying' && (
        <p className="text-12 text-waiting">
          <Countdown dueAtMs={nodeState.dueAtMs} prefix="Tries again in" over="Tries again now" />
        </p>
      )}
      {turn === undefined && attempt !== undefined && <Waits attempt={attempt} />}
      {scope !== undefined && turn === undefined && (
        <Button size="small" className="self-start" icon={<DoorOpen size={13} />} onClick={() => enterScope(runKey, scope)}>
          {document?.kind === 'map' ? 'Look at its items' : document?.kind === 'loop' ? 'Look at its rounds' : 'Look inside'}
        </Button>
      )}
      {attempt?.error && <ErrorNote error={attempt.error} />}
      {startedAtMs !== undefined && (
        <FactList
          facts={[
            { label: 'Time', value: formatDuration(endedAtMs === null ? null : endedAtMs - startedAtMs) },
            ...(turn === undefined && nodeState.status !== 'pending' ? toUsageFacts(nodeState.usage) : []),
            ...('takenCase' in nodeState && nodeState.takenCase !== undefined ? [{ label: 'Took', value: nodeState.takenCase }] : []),
          ]}
        />
      )}
      {calls.length > 0 && <CallList calls={calls} runKey={runKey} />}
      {attempt !== undefined && (
        <HookSayings hooks={turn === undefined ? attempt.hooks : attempt.hooks.filter(({ frame }) => frame === turn.frame)} />
      )}
      {turn === undefined && attempt !== undefined && (
        <section className="flex flex-col gap-1">
          <h3 className="section-label">Inputs</h3>
          <JsonView value={attempt.inputs} label="inputs of the node" />
        </section>
      )}
      {turn === undefined && (isNewest || attempt === undefined) && nodeState.status === 'succeeded' && (
        <section className="flex flex-col gap-1">
          <h3 className="section-label">Outputs</h3>
          <JsonView value={nodeState.outputs} label="outputs of the node" />
          {state.workflowPath !== null && !node.includes('/') && (
            <PanelSlot id="node-outputs" path={state.workflowPath} node={node} outputs={nodeState.outputs} />
          )}
        </section>
      )}
    </div>
  );
}

/** Why there are outputs without a try: the run is of another part of the workflow. */
function Given({ source }: { readonly source: GivenSource }) {
  return (
    <p className="text-12 text-ink-2">
      It did not run: what stands for it is {toGivenWords(source)}.
      {source.type === 'recorded' && (
        <>
          {' '}
          <Button size="small" tone="quiet" onClick={() => openTab({ type: 'run', runId: source.runId })}>
            Open that run
          </Button>
        </>
      )}
    </p>
  );
}

/** How long ago a moment was, counting. */
function Elapsed({ sinceMs }: { readonly sinceMs: number }) {
  const nowMs = useNow(1000);
  return <span className="tabular">{formatDuration(Math.max(0, nowMs - sinceMs))}</span>;
}

/** Timers and signals that the attempt waits for, or waited for. */
function Waits({ attempt }: { readonly attempt: AttemptState }) {
  return attempt.waits.map((wait) => (
    <p key={wait.frame} className="text-12 text-ink-2">
      {toWaitWords(wait)}
      {wait.endedAtMs === null && attempt.endedAtMs === null && wait.dueAtMs !== null && (
        <>
          {' · '}
          <Countdown dueAtMs={wait.dueAtMs} prefix={wait.signal === null ? 'over in' : 'gives up in'} over="the time is over" />
        </>
      )}
    </p>
  ));
}

function toWaitWords({ signal, outcome, startedAtMs, endedAtMs }: WaitState): string {
  const lasted = endedAtMs === null ? '' : ` after ${formatDuration(endedAtMs - startedAtMs)}`;
  if (signal === null) return outcome.type === 'fired' ? `Waited${lasted.replace(' after', '')}` : 'Waits for a time';
  switch (outcome.type) {
    case 'received':
      return `Signal ${signal}, sent by ${outcome.by}${lasted}`;
    case 'fired':
      return `No signal ${signal} came${lasted}`;
    case 'open':
      return `Waits for the signal ${signal}`;
  }
}

function CallList({ calls, runKey }: { readonly calls: readonly CallState[]; readonly runKey: string }) {
  return (
    <section>
      <h3 className="section-label mb-1">Calls</h3>
      <ul>
        {calls.map((call) => (
          <li key={call.frame}>
            <button
              type="button"
              className="flex h-7 w-full items-center gap-2 rounded-md px-1.5 text-left text-12 hover:bg-surface-3"
              onClick={() => setSelectedFrame(runKey, call.frame)}
            >
              <StatusDot status={toCallStatus(call)} size={12} />
              <span className="min-w-0 flex-1 truncate">{call.type === 'model' ? call.request.model : call.tool}</span>
              <span className="tabular text-11 text-ink-3">
                {formatDuration(call.endedAtMs === null || call.startedAtMs === null ? null : call.endedAtMs - call.startedAtMs)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
