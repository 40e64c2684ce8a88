import { useMemo } from 'react';
import { findScope } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { useApprovals } from '../../state/approvals.ts';
import { selectNodes, selectScope, useSelection } from '../../state/selection.ts';
import { type ShownRun, useShownRun } from '../../state/use-shown-run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatMoney } from '../../ui/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { AttemptDetails } from './attempt-details.tsx';
import { CallDetails } from './call-details.tsx';
import { isWithin } from './event-words.ts';
import { FactList } from './fact-list.tsx';
import { findFrame, findNewestAttempt } from './frame-rows.ts';
import { HookSayings } from './hook-sayings.tsx';
import { ScopeDetails } from './scope-details.tsx';
import { SignalWaits } from './signal-waits.tsx';
import { toUsageFacts } from './usage-facts.ts';

/** What is selected in a run, in full: the run itself, an attempt, a turn or a call. Open questions come first. */
export function RunInspector({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  const frame = useSelection((store) => store.frameByRun[runKey] ?? null);
  const node = useSelection((store) => selectNodes(store, runKey)[0] ?? null);
  const scope = useSelection((store) => selectScope(store, runKey));
  if (shown === null) return <EmptyState isCompact title="Nothing to inspect yet" text="The run has no events so far." />;
  return (
    <div className="h-full overflow-y-auto" key={frame ?? node ?? `scope ${scope}`}>
      {shown.isAtHead && <OpenQuestions state={shown.state} within={node ?? scope} />}
      {shown.isAtHead && runKey.startsWith('run:') && <SignalWaits state={shown.state} within={node ?? scope} />}
      <Selected shown={shown} frame={frame} node={node} scope={scope} />
    </div>
  );
}

function OpenQuestions({ state, within }: { readonly state: RunState; readonly within: string }) {
  const open = useApprovals((store) => store.open);
  const here = useMemo(
    () => open.filter((approval) => approval.runId === state.runId && isWithin(approval.node, within)),
    [open, state.runId, within],
  );
  return here.map((approval) => (
    <div key={approval.approvalId} className="border-b border-line p-3">
      <PanelSlot id="approval-card" approval={approval} />
    </div>
  ));
}

interface SelectedProps {
  readonly shown: ShownRun;
  readonly frame: string | null;
  readonly node: string | null;
  readonly scope: string;
}

function Selected({ shown, frame, node, scope }: SelectedProps) {
  const { state, run } = shown;
  if (frame !== null) {
    const found = findFrame(state, frame);
    if (found === undefined) return <EmptyState isCompact title="Not there yet" text="At this moment of the run it had not begun." />;
    switch (found.type) {
      case 'call':
        return <CallDetails call={found.call} state={state} liveText={shown.isAtHead ? run.liveText[frame] : undefined} />;
      case 'turn':
        return <AttemptDetails state={state} node={found.node} attempt={found.attempt} turn={found.turn} runKey={run.key} />;
      case 'attempt':
        return <AttemptDetails state={state} node={found.node} attempt={found.attempt} runKey={run.key} />;
    }
  }
  if (node !== null) return <AttemptDetails state={state} node={node} attempt={findNewestAttempt(state, node)} runKey={run.key} />;
  const shownScope = findScope(state, scope);
  if (shownScope !== undefined) return <ScopeDetails state={state} scope={shownScope} />;
  return <RunDetails state={state} />;
}

function RunDetails({ state }: { readonly state: RunState }) {
  return (
    <div className="flex flex-col gap-3 p-3">
      <h2 className="text-13 font-semibold">{state.workflow.name}</h2>
      {state.error !== null && <ErrorNote error={state.error} />}
      <FactList
        facts={[
          ...toUsageFacts(state.usage),
          { label: 'Approvals', value: { ask: 'ask a person', all: 'all granted', none: 'all denied' }[state.approvalMode] },
          ...(state.budgetUsd === null ? [] : [{ label: 'Budget', value: formatMoney(state.budgetUsd) }]),
          ...(state.forkedFrom === null
            ? []
            : [{ label: 'Forked from', value: `#${state.forkedFrom.runId.slice(-6)}, event ${state.forkedFrom.atSeq}` }]),
          { label: 'Run', value: state.runId },
        ]}
      />
      <HookSayings hooks={state.hooks} />
      <section className="flex flex-col gap-1">
        <h3 className="section-label">Inputs</h3>
        <JsonView value={state.inputs} label="inputs of the run" />
      </section>
      {state.outputs !== null && (
        <section className="flex flex-col gap-1">
          <h3 className="section-label">Outputs</h3>
          <JsonView value={state.outputs} label="outputs of the run" />
        </section>
      )}
    </div>
  );
}
