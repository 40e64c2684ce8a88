import { Check, MailX, RotateCcw, SquareArrowOutUpRight } from 'lucide-react';
import { useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { FiledDeadLetter } from '#shared/contract/dead-letters.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { useDeadLetters } from '../../state/dead-letters.ts';
import { toShortId } from '../../state/runs.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useChosenLetter } from './chosen-letter.ts';
import { dismiss, openRunOf, runAgain } from './letter-acts.ts';
import { selectShownLetter, toEffectWords, toReasonWords, toSortWords } from './letter-words.ts';

/** One thing that finally failed, and what can be done about it. After each act the next one comes. */
export function DeadLetterView() {
  const letters = useDeadLetters((store) => store.letters);
  const chosen = useChosenLetter((store) => store.id);
  const shown = selectShownLetter(letters, chosen);
  if (shown === null)
    return (
      <EmptyState
        icon={<MailX size={28} />}
        title="Nothing failed for good"
        text="What still fails after all its tries is kept here, with everything needed to run it again."
      />
    );
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-180 p-6">
        <Letter key={shown.id} letter={shown} />
      </div>
    </div>
  );
}

function Letter({ letter }: { readonly letter: FiledDeadLetter }) {
  const isOnline = useIsOnline();
  const isReadOnly = useConnection((store) => store.host?.isReadOnly ?? false);
  const [busy, setBusy] = useState<'again' | 'dismiss' | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [reason, setReason] = useState('');
  const act = async (what: 'again' | 'dismiss', doIt: () => Promise<void>) => {
    setBusy(what);
    setError(null);
    try {
      await doIt();
    } catch (thrown) {
      setError(toCallError(thrown));
    } finally {
      setBusy(null);
    }
  };
  const canAct = isOnline && !isReadOnly && busy === null;
  return (
    <article aria-label={letter.nodeName} className="flex flex-col gap-4">
      <header className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="text-12 text-ink-2">
            {toSortWords(letter)} · {letter.workflowName} · <RelativeTime atMs={letter.failedAtMs} />
          </p>
          <h2 className="truncate text-20 font-semibold">{letter.nodeName}</h2>
          <p className="text-12 text-ink-2">
            {toReasonWords(letter)}. {toEffectWords(letter)}.
          </p>
        </div>
        <Button icon={<SquareArrowOutUpRight size={13} />} onClick={() => openRunOf(letter)}>
          Open run #{toShortId(letter.runId)}
        </Button>
      </header>
      <ErrorNote error={letter.error} />
      {letter.type === 'run' || Object.keys(letter.inputs).length > 0 ? (
        <section className="flex flex-col gap-1">
          <h3 className="section-label">Inputs</h3>
          <JsonView value={letter.inputs} label={`inputs of ${letter.nodeName}`} />
        </section>
      ) : (
        <p className="text-12 text-ink-2">It was given no inputs.</p>
      )}
      {letter.scope !== null && (
        <section className="flex flex-col gap-1">
          <h3 className="section-label">Inputs of item {letter.scope.index + 1}</h3>
          <JsonView value={letter.scope.inputs} label={`inputs of item ${letter.scope.index + 1}`} />
        </section>
      )}
      {letter.document !== null && (
        <section className="flex flex-col gap-1">
          <h3 className="section-label">As the workflow had it</h3>
          <JsonView value={letter.document.config} label={`configuration of ${letter.nodeName}`} openDepth={0} />
        </section>
      )}
      {error !== null && <ErrorNote error={error} />}
      <div className="flex flex-col gap-3 rounded-lg border border-line bg-surface-1 p-3">
        <p className="text-12 text-ink-2">
          {letter.type === 'compensation'
            ? 'Running it again undoes this alone, with the same inputs.'
            : 'Running it again starts a run that takes over what succeeded and does again what failed. It answers for everything that failed in this run.'}
        </p>
        <div className="flex flex-wrap items-end gap-2">
          <Button
            tone="primary"
            icon={<RotateCcw size={13} />}
            isBusy={busy === 'again'}
            disabled={!canAct}
            onClick={() => void act('again', () => runAgain(letter))}
          >
            Run again
          </Button>
          <TextField
            label="Why nothing more is to be done"
            isLabelHidden
            placeholder="Why nothing more is to be done"
            className="ml-auto w-64"
            maxLength={2_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button
            icon={<Check size={13} />}
            isBusy={busy === 'dismiss'}
            disabled={!canAct}
            onClick={() => void act('dismiss', () => dismiss(letter, reason))}
          >
            Dismiss
          </Button>
        </div>
      </div>
    </article>
  );
}
