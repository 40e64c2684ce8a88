import { useEffect, useState } from 'react';
import { bundleExtension } from '#shared/workflow/bundle.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { getApi } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { closeBundleDialog, useBundleTask } from './bundle-dialogs.ts';
import { FileChoice } from './file-choice.tsx';
import { NeedsList } from './needs-list.tsx';
import { useExportList } from './use-export-list.ts';

/** Says what an export holds and needs, and downloads it. */
export function ExportDialog() {
  const path = useBundleTask(({ task }) => (task?.type === 'export' ? task.path : null));
  const { list, error } = useExportList(path);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setIsBusy] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path begins with all of its files.
  useEffect(() => setLeft(new Set()), [path]);
  const download = async () => {
    if (path === null || list === null) return;
    setIsBusy(true);
    try {
      const files = list.files.map((file) => file.path).filter((file) => !left.has(file));
      const bundle = await getApi().bundle.export({ path, files });
      downloadText(`${list.name}${bundleExtension}`, `${JSON.stringify(bundle, null, 2)}\n`);
      notifyDone(`“${list.name}” is exported`);
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
      title="Export this workflow"
      description="One file with the workflow, those that it runs, and the files you choose. Values of secrets are never in it."
      actions={
        <>
          <Button tone="quiet" onClick={closeBundleDialog}>
            Cancel
          </Button>
          <Button tone="primary" disabled={list === null} isBusy={isBusy} onClick={() => void download()}>
            Download
          </Button>
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {list === null && error === null && <Spinner label="Looking at what it needs" />}
      {list !== null && (
        <div className="flex flex-col gap-4 pb-2">
          <section>
            <h3 className="section-label mb-1">Workflows</h3>
            <ul className="text-12">
              {list.workflows.map((workflow) => (
                <li key={workflow}>{workflow}</li>
              ))}
            </ul>
          </section>
          <section>
            <h3 className="section-label mb-1">Files</h3>
            <FileChoice files={list.files} left={left} onChange={setLeft} />
          </section>
          <section>
            <h3 className="section-label mb-1">It needs</h3>
            <NeedsList needs={list.needs} />
          </section>
        </div>
      )}
    </Dialog>
  );
}

function downloadText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the text over by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
