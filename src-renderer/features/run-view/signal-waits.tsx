import { RadioTower } from 'lucide-react';
import { useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { attemptsOf, findNodeState } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { useIsOnline } from '../../state/connection.ts';
import { sendSignal } from '../../state/run-actions.ts';
import { toPlaceWords } from '../../state/scope-words.ts';
import { Button } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { TextArea } from '../../ui/text-field.tsx';
import { isWithin } from './event-words.ts';

/** The signals that are waited for at a node or in a scope (empty: in the whole run), each with what sends it. */
export function SignalWaits({ state, within }: { readonly state: RunState; readonly within: string }) {
  const waits = state.openSignalWaits.filter(({ frame }) => isWithin(parseFrame(frame).node, within));
  return waits.map(({ frame, name }) => <SignalWait key={frame} state={state} frame={frame} name={name} />);
}

function SignalWait({ state, frame, name }: { readonly state: RunState; readonly frame: string; readonly name: string }) {
  const isOnline = useIsOnline();
  const [payload, setPayload] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const { node, attempt } = parseFrame(frame);
  const wait = attemptsOf(findNodeState(state, node))[attempt - 1]?.waits.find((candidate) => candidate.frame === frame);

  const send = async () => {
    const read = readPayload(payload);
    setProblem(read === undefined ? 'Is not JSON. Put a text in double quotes.' : null);
    if (read === undefined) return;
    setIsBusy(true);
    setError(null);
    try {
      await sendSignal(state.runId, name, read);
    } catch (thrown) {
      setError(toCallError(thrown));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <section aria-label={`Signal ${name}`} className="flex flex-col gap-2.5 border-b border-line p-3">
      <div className="flex items-start gap-2">
        <RadioTower size={16} aria-hidden className="mt-0.5 shrink-0 text-waiting" />
        <div className="min-w-0 flex-1">
          <h2 className="text-13 font-semibold break-words">
            Waits for the signal <span className="font-mono">{name}</span>
          </h2>
          <p className="text-12 text-ink-2">
            {toPlaceWords(state, node)}
            {wait?.dueAtMs != null && (
              <>
                {' · '}
                <Countdown dueAtMs={wait.dueAtMs} over="its time is over" prefix="gives up in" />
              </>
            )}
          </p>
        </div>
      </div>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <TextArea
          label="What it brings, JSON"
          isMono
          rows={2}
          value={payload}
          problem={problem}
          help="Empty means null."
          onChange={(event) => setPayload(event.target.value)}
        />
        <Button type="submit" tone="primary" className="self-start" icon={<RadioTower size={13} />} isBusy={isBusy} disabled={!isOnline}>
          Send
        </Button>
      </form>
      {error !== null && <ErrorNote error={error} isCompact />}
    </section>
  );
}

/** Undefined for what is no JSON. */
function readPayload(text: string): JsonValue | undefined {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
