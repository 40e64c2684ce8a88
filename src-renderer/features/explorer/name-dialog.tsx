import { type FormEvent, useEffect, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { createWorkflow, renameWorkflow, toWorkflowPath, useNaming } from './naming.ts';

/** Asks for the name of a new workflow, or another name of an old one. */
export function NameDialog() {
  const task = useNaming((store) => store.task);
  const [name, setName] = useState('');
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => {
    setName(task?.type === 'rename' ? task.name : '');
    setError(null);
  }, [task]);
  const close = () => useNaming.setState({ task: null });
  const trimmed = name.trim();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (task === null || trimmed === '' || isBusy) return;
    setIsBusy(true);
    try {
      await (task.type === 'new' ? createWorkflow(trimmed) : renameWorkflow(task.path, trimmed));
      close();
    } catch (thrown) {
      setError(toCallError(thrown));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      isOpen={task !== null}
      onClose={close}
      title={task?.type === 'rename' ? 'Rename workflow' : 'New workflow'}
      width="narrow"
      actions={
        <>
          <Button tone="quiet" onClick={close}>
            Cancel
          </Button>
          <Button tone="primary" type="submit" form="name-workflow" disabled={trimmed === ''} isBusy={isBusy}>
            {task?.type === 'rename' ? 'Rename' : 'Create'}
          </Button>
        </>
      }
    >
      <form id="name-workflow" className="flex flex-col gap-3 pb-1" onSubmit={(event) => void submit(event)}>
        <TextField
          label="Name"
          value={name}
          autoFocus
          maxLength={200}
          help={trimmed === '' ? 'Its file gets a name like it.' : toWorkflowPath(task?.type === 'rename' ? task.path : '', trimmed)}
          onChange={(event) => setName(event.target.value)}
        />
        {error !== null && <ErrorNote error={error} />}
      </form>
    </Dialog>
  );
}
