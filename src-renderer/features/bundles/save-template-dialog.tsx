import { type FormEvent, useEffect, useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { getApi } from '../../state/connection.ts';
import { useLibrary } from '../../state/library.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { closeBundleDialog, useBundleTask } from './bundle-dialogs.ts';
import { FileChoice } from './file-choice.tsx';
import { useExportList } from './use-export-list.ts';

/** Keeps a workflow with what it needs in the gallery of this user. */
export function SaveTemplateDialog() {
  const path = useBundleTask(({ task }) => (task?.type === 'saveAsTemplate' ? task.path : null));
  const { list, error } = useExportList(path);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [tags, setTags] = useState('');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => {
    setName(list?.name ?? '');
    setDescription('');
    setTags('');
    setLeft(new Set());
  }, [list]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (path === null || list === null || name.trim() === '' || isBusy) return;
    setIsBusy(true);
    try {
      const files = list.files.map((file) => file.path).filter((file) => !left.has(file));
      await getApi().template.save({ path, name: name.trim(), description: description.trim(), tags: toTagList(tags), files });
      useLibrary.setState({ templates: [...(await getApi().template.list())] });
      notifyDone(`“${name.trim()}” is in the gallery, under “yours”`);
      closeBundleDialog();
    } catch (thrown) {
      notifyError(thrown);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      isOpen={path !== null}
      onClose={closeBundleDialog}
      title="Save as a template"
      description="It appears in your gallery, in every workspace of yours."
      actions={
        <>
          <Button tone="quiet" onClick={closeBundleDialog}>
            Cancel
          </Button>
          <Button tone="primary" type="submit" form="save-template" disabled={list === null || name.trim() === ''} isBusy={isBusy}>
            Save
          </Button>
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {list === null && error === null && <Spinner label="Looking at what it needs" />}
      {list !== null && (
        <form id="save-template" className="flex flex-col gap-3 pb-2" onSubmit={(event) => void submit(event)}>
          <TextField label="Name" value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
          <TextArea
            label="Description"
            help="Two sentences: what it does, and what is good about it. Left empty, what the workflow says of itself."
            rows={3}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
          <TextField label="Tags" help="Separated by commas." value={tags} onChange={(event) => setTags(event.target.value)} />
          <section>
            <h3 className="section-label mb-1">Files that go along</h3>
            <FileChoice files={list.files} left={left} onChange={setLeft} />
          </section>
          {list.workflows.length > 1 && (
            <p className="text-12 text-ink-2">With it go the workflows that it runs: {list.workflows.slice(1).join(', ')}.</p>
          )}
        </form>
      )}
    </Dialog>
  );
}

function toTagList(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim().slice(0, 40));
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, 20);
}
