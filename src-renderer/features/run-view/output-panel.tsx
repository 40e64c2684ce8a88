import { useState } from 'react';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { useShownRun } from '../../state/use-shown-run.ts';
import { toRunStatus } from '../../state/waiting-status.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { CopyButton, JsonView } from '../../ui/json-view.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Spinner } from '../../ui/spinner.tsx';

/** What the run gave in the end, to read and to copy. */
export function OutputPanel({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  const [form, setForm] = useState<'text' | 'json'>('text');
  if (shown === null) return <EmptyState isCompact title="No output yet" text="It appears when the run has ended." />;
  const { state } = shown;
  if (state.error !== null) {
    return (
      <div className="h-full overflow-y-auto p-3">
        <ErrorNote error={state.error} />
      </div>
    );
  }
  if (state.outputs === null) {
    switch (state.status) {
      case 'cancelled':
        return (
          <EmptyState
            isCompact
            title="The run was stopped"
            text={`${state.cancelReason ?? 'No reason was given'}. What its nodes gave until then is in the frames.`}
          />
        );
      case 'waiting':
        return toRunStatus(state) === 'awaitingSignal' ? (
          <EmptyState
            isCompact
            title="The run waits for a signal"
            text="Its output comes after that. You can send it from the inspector."
          />
        ) : (
          <EmptyState isCompact title="The run waits for you" text="Its output comes after your decision." />
        );
      case 'interrupted':
        return <EmptyState isCompact title="The run is held" text="Its output comes when it is told to go on and has ended." />;
      default:
        return (
          <div className="p-4">
            <Spinner label={shown.isAtHead ? 'The run has not ended yet' : 'At this moment the run had not ended'} />
          </div>
        );
    }
  }
  const entries = Object.entries(state.outputs);
  if (entries.length === 0) return <EmptyState isCompact title="The run gave nothing" text="Its workflow has no output with a value." />;
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center gap-1 px-3 pb-1.5">
        <Segments
          label="Form of the output"
          value={form}
          options={[
            { value: 'text', label: 'Text' },
            { value: 'json', label: 'JSON' },
          ]}
          onChange={setForm}
        />
        <CopyButton text={toCopy(state.outputs)} label="Copy output" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section aria-label="Output of the run" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto px-3 pb-4">
        {form === 'json' ? (
          <JsonView value={state.outputs} label="output" openDepth={4} />
        ) : (
          <div className="flex max-w-180 flex-col gap-4">
            {entries.map(([name, value]) => (
              <section key={name}>
                {entries.length > 1 && <h3 className="mb-1 font-mono text-12 text-ink-2">{name}</h3>}
                {typeof value === 'string' ? <Markdown text={value} /> : <JsonView value={value} label={name} openDepth={3} />}
              </section>
            ))}
          </div>
        )}
      </section>
    </div>
  );
}

/** A single text is copied as it is, anything else as JSON. */
function toCopy(outputs: JsonObject): string {
  const values: readonly JsonValue[] = Object.values(outputs);
  const [only] = values;
  return values.length === 1 && typeof only === 'string' ? only : JSON.stringify(outputs, null, 2);
}
