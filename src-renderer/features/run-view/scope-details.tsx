import { openerAddress, workflowOf } from '#shared/run/node-states.ts';
import type { RunState, ScopeState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toPlaceWords, toScopeWords } from '../../state/scope-words.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { FactList } from './fact-list.tsx';
import { toScopeStatus } from './frame-rows.ts';
import { sumScopeUsage } from './scope-usage.ts';
import { toUsageFacts } from './usage-facts.ts';

/** One item of a map, one round of a loop, or a subflow: what it was given and what it came to. */
export function ScopeDetails({ state, scope }: { readonly state: RunState; readonly scope: ScopeState }) {
  const name = toScopeWords(state, scope.path);
  return (
    <div className="flex flex-col gap-3 p-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-13 font-semibold">{name.charAt(0).toUpperCase() + name.slice(1)}</h2>
          <p className="truncate text-12 text-ink-2">of {toPlaceWords(state, openerAddress(scope.path))}</p>
        </div>
        <StatusDot status={toScopeStatus(scope)} hasWord />
      </div>
      {scope.error !== null && <ErrorNote error={scope.error} />}
      <FactList
        facts={[
          { label: 'Workflow', value: workflowOf(state, scope).name },
          { label: 'Time', value: formatDuration(scope.endedAtMs === null ? null : scope.endedAtMs - scope.startedAtMs) },
          ...toUsageFacts(sumScopeUsage(scope)),
          ...(scope.cancelReason === null ? [] : [{ label: 'Stopped', value: scope.cancelReason }]),
        ]}
      />
      <Button size="small" className="self-start" onClick={() => openTab({ type: 'workflow', path: scope.workflowPath })}>
        Open its workflow
      </Button>
      <section className="flex flex-col gap-1">
        <h3 className="section-label">Inputs</h3>
        <JsonView value={scope.inputs} label={`inputs of ${name}`} />
      </section>
      {scope.outputs !== null && (
        <section className="flex flex-col gap-1">
          <h3 className="section-label">Outputs</h3>
          <JsonView value={scope.outputs} label={`outputs of ${name}`} />
        </section>
      )}
    </div>
  );
}
