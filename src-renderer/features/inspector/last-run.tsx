import { findNodeState } from '#shared/run/node-states.ts';
import type { NodeState, RunState } from '#shared/run/state.ts';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { toGivenWords } from '../../state/given-words.ts';
import { useLastRun } from '../../state/last-run.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';

/** What the newest run that came to a node did there. */
export function LastRun({ path, node }: { readonly path: string; readonly node: string }) {
  const run = useLastRun(path, node);
  const state = run === null ? undefined : findNodeState(run, node);
  if (run === null || state === undefined) return <p className="text-12 text-ink-3">Run the workflow, and what happened here appears.</p>;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-ink-2">
        <StatusDot status={state.status} hasWord />
        <span className="tabular">{toFigures(state)}</span>
      </div>
      {'error' in state && <p className="text-12 text-failed">{state.error.message}</p>}
      <Values run={run} state={state} />
      {state.status === 'succeeded' && <PanelSlot id="node-outputs" path={path} node={node} outputs={state.outputs} />}
      <Button size="small" className="self-start" onClick={() => openTab({ type: 'run', runId: run.runId })}>
        Open the run
      </Button>
    </div>
  );
}

function Values({ run, state }: { readonly run: RunState; readonly state: NodeState }) {
  if (state.status === 'pending') return null;
  const inputs = state.attempts.at(-1)?.inputs;
  return (
    <>
      {inputs !== undefined && Object.keys(inputs).length > 0 && <Value title="Inputs" key={`${run.runId} in`} value={inputs} />}
      {state.status === 'succeeded' && <Value title="Outputs" key={`${run.runId} out`} value={state.outputs} />}
    </>
  );
}

function Value({ title, value }: { readonly title: string; readonly value: NonNullable<Parameters<typeof JsonView>[0]['value']> }) {
  return (
    <div className="flex flex-col gap-1">
      <span className="text-12 text-ink-2">{title}</span>
      <JsonView value={value} label={title.toLowerCase()} openDepth={1} />
    </div>
  );
}

function toFigures(state: NodeState): string {
  if (state.status !== 'pending' && state.given !== undefined) return toGivenWords(state.given);
  if (state.status === 'pending' || state.status === 'skipped') return '';
  const duration = 'endedAtMs' in state ? [formatDuration(state.endedAtMs - state.startedAtMs)] : [];
  const turns = state.attempts.at(-1)?.turns.length ?? 0;
  const { usage } = state;
  return [
    ...duration,
    ...(turns === 0 ? [] : [`${turns} ${turns === 1 ? 'turn' : 'turns'}`]),
    ...(usage.modelCalls === 0 ? [] : [`${formatTokens(usage.inputTokens + usage.outputTokens)} tokens`, formatMoney(usage.costUsd)]),
  ].join(' · ');
}
