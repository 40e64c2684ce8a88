import { MailX, RotateCcw } from 'lucide-react';
import { useRef, useState } from 'react';
import type { FiledDeadLetter } from '#shared/contract/dead-letters.ts';
import { notifyError } from '../../app/notify.ts';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { useDeadLetters } from '../../state/dead-letters.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { useChosenLetter } from './chosen-letter.ts';
import { openRunOf, runAllAgain } from './letter-acts.ts';
import { selectShownLetter } from './letter-words.ts';

/** Everything that finally failed and that nobody has handled, the newest first. */
export function DeadLetterList() {
  const { letters, isLoaded } = useDeadLetters();
  const chosen = useChosenLetter((store) => store.id);
  const isOnline = useIsOnline();
  const shown = selectShownLetter(letters, chosen);
  return (
    <div className="flex h-full flex-col">
      <h2 className="section-label px-4 pt-3 pb-1.5">Dead letters</h2>
      {letters.length > 0 && <RunAll letters={letters} />}
      <div className="min-h-0 flex-1 px-2">
        {!isLoaded && letters.length === 0 ? (
          <div className="px-2 py-1">
            {isOnline ? (
              <Spinner label="Loading dead letters" />
            ) : (
              <p className="text-12 text-ink-2">Not connected. What failed appears when the host is back.</p>
            )}
          </div>
        ) : letters.length === 0 ? (
          <EmptyState
            isCompact
            icon={<MailX size={20} />}
            title="Nothing failed for good"
            text="What still fails after all its tries is kept here, with everything needed to run it again."
          />
        ) : (
          <VirtualList
            label="Dead letters"
            items={letters}
            rowHeight={42}
            toKey={({ id }) => id}
            selectedIndex={shown === null ? -1 : letters.indexOf(shown)}
            onSelect={({ id }) => {
              useChosenLetter.setState({ id });
              openTab({ type: 'dead-letters' });
            }}
            onOpen={openRunOf}
          >
            {(letter, _index, isSelected) => (
              <div className={`flex h-full flex-col justify-center rounded-md px-2 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
                <p className="truncate text-13">
                  {letter.nodeName}
                  <span className="text-ink-3"> · {letter.workflowName}</span>
                </p>
                <p className="truncate text-11 text-ink-3">
                  <RelativeTime atMs={letter.failedAtMs} /> · {letter.error.message}
                </p>
              </div>
            )}
          </VirtualList>
        )}
      </div>
    </div>
  );
}

function RunAll({ letters }: { readonly letters: readonly FiledDeadLetter[] }) {
  const isOnline = useIsOnline();
  const isReadOnly = useConnection((store) => store.host?.isReadOnly ?? false);
  const [progress, setProgress] = useState<{ readonly done: number; readonly of: number } | null>(null);
  const stopping = useRef<AbortController | null>(null);
  const start = async () => {
    stopping.current = new AbortController();
    try {
      await runAllAgain(letters, (done, of) => setProgress({ done, of }), stopping.current.signal);
    } catch (thrown) {
      notifyError(thrown);
    } finally {
      setProgress(null);
    }
  };
  return (
    <div className="flex items-center gap-2 px-4 pb-2">
      {progress === null ? (
        <Button size="small" icon={<RotateCcw size={12} />} disabled={!isOnline || isReadOnly} onClick={() => void start()}>
          Run all again
        </Button>
      ) : (
        <>
          <Spinner label={`${progress.done} of ${progress.of} runs started`} />
          <Button size="small" onClick={() => stopping.current?.abort()}>
            Stop
          </Button>
        </>
      )}
    </div>
  );
}
