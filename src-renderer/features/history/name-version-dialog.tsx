import { type FormEvent, useEffect, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { nameVersion, useHistory } from './history-state.ts';

/** Asks what a version is to be called; an empty name takes it away. */
export function NameVersionDialog() {
  const naming = useHistory((store) => store.naming);
  const [name, setName] = useState('');
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => {
    setName(naming?.name ?? '');
    setError(null);
  }, [naming]);
  const close = () => useHistory.setState({ naming: null });
  const trimmed = name.trim();
  const isNothing = trimmed === '' && (naming?.name ?? '') === '';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (naming === null || isNothing || isBusy) return;
    setIsBusy(true);
    try {
      await nameVersion(naming.path, naming.seq, trimmed === '' ? null : trimmed);
      close();
    } catch (thrown) {
      setError(toCallError(thrown));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      isOpen={naming !== null}
      onClose={close}
      title="Name this version"
      width="narrow"
      actions={
        <>
          <Button tone="quiet" onClick={close}>
            Cancel
          </Button>
          <Button tone="primary" type="submit" form="name-version" disabled={isNothing} isBusy={isBusy}>
            {trimmed === '' ? 'Take the name away' : 'Name it'}
          </Button>
        </>
      }
    >
      <form id="name-version" className="flex flex-col gap-3 pb-1" onSubmit={(event) => void submit(event)}>
        <TextField
          label="Name"
          value={name}
          autoFocus
          maxLength={200}
          help="To find it again among many: “Before the rewrite”."
          onChange={(event) => setName(event.target.value)}
        />
        {error !== null && <ErrorNote error={error} />}
      </form>
    </Dialog>
  );
}
