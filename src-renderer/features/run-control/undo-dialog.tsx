import { useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { compensateRun } from '../../state/run-actions.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useControlDialog, useNewestState } from './run-in-front.ts';
import { listUndoable } from './undoable.ts';

/** Asks before a run is stopped and undone, and says in which order what is undone. */
export function UndoDialog() {
  const open = useControlDialog((store) => store.open);
  return open?.type === 'undo' ? <Content key={open.runId} runId={open.runId} /> : null;
}

function Content({ runId }: { readonly runId: string }) {
  const state = useNewestState(runId);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const close = () => useControlDialog.setState({ open: null });
  const steps = state === undefined ? [] : listUndoable(state);
  const undo = async () => {
    setIsBusy(true);
    try {
      await compensateRun(runId);
      close();
    } catch (thrown) {
      setError(toCallError(thrown));
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={close}
      title="Stop this run and undo what it did?"
      width="narrow"
      actions={
        <>
          <Button tone="quiet" onClick={close}>
            Keep it running
          </Button>
          <Button tone="danger" isBusy={isBusy} onClick={() => void undo()}>
            Stop and undo
          </Button>
        </>
      }
    >
      <p className="pb-2 text-13">What has completed is undone from the last to the first:</p>
      <ol className="list-decimal pb-2 pl-6 text-13">
        {steps.map(({ address, name }) => (
          <li key={address}>{name}</li>
        ))}
      </ol>
      {error !== null && <ErrorNote error={error} />}
    </Dialog>
  );
}
