import { useEffect, useState } from 'react';
import { type ErrorInfo, HeddleError } from '#shared/base/errors.ts';
import type { ImportList, Landing } from '#shared/contract/bundles.ts';
import { type Bundle, bundleSchema } from '#shared/workflow/bundle.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { toCallError } from '../../state/call-error.ts';
import { getApi } from '../../state/connection.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { closeBundleDialog, useBundleTask } from './bundle-dialogs.ts';
import { NeedsList } from './needs-list.tsx';

interface Checked {
  readonly bundle: Bundle;
  readonly list: ImportList;
}

/** Says what a bundle would bring and what is missing here, before anything is written. */
export function ImportDialog() {
  const isOpen = useBundleTask(({ task }) => task?.type === 'import');
  const [checked, setChecked] = useState<Checked | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time it opens it begins anew.
  useEffect(() => {
    setChecked(null);
    setError(null);
  }, [isOpen]);
  const choose = async (file: File | undefined) => {
    if (file === undefined) return;
    setChecked(null);
    setError(null);
    try {
      const bundle = readBundle(await file.text());
      setChecked({ bundle, list: await getApi().bundle.check({ bundle }) });
    } catch (thrown) {
      setError(toCallError(thrown));
    }
  };
  const bringIn = async () => {
    if (checked === null) return;
    setIsBusy(true);
    try {
      const list = await getApi().bundle.import({ bundle: checked.bundle });
      notifyDone(`“${list.name}” is imported`);
      closeBundleDialog();
      openTab({ type: 'workflow', path: list.workflow });
    } catch (thrown) {
      notifyError(thrown);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={closeBundleDialog}
      title="Import a workflow"
      description="Nothing is replaced, started or asked for a key: you first see what it brings and what it needs."
      actions={
        <>
          <Button tone="quiet" onClick={closeBundleDialog}>
            Cancel
          </Button>
          <Button tone="primary" disabled={checked === null} isBusy={isBusy} onClick={() => void bringIn()}>
            Import
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        <label className="flex flex-col gap-1 text-12">
          A file that was exported (*.heddle-bundle.json)
          <input type="file" accept=".json" className="text-12" onChange={(event) => void choose(event.target.files?.[0])} />
        </label>
        {error !== null && <ErrorNote error={error} />}
        {checked !== null && (
          <>
            <section>
              <h3 className="text-13 font-semibold">{checked.list.name}</h3>
              {checked.list.description !== '' && <p className="text-12 text-ink-2">{checked.list.description}</p>}
            </section>
            <section>
              <h3 className="section-label mb-1">It brings</h3>
              <ul aria-label="What it brings" className="flex flex-col gap-1 text-12">
                {[...checked.list.workflows, ...checked.list.files].map((landing) => (
                  <li key={landing.path}>
                    {landing.path} <span className="text-ink-2">{toLandingWords(landing)}</span>
                  </li>
                ))}
              </ul>
            </section>
            <section>
              <h3 className="section-label mb-1">It needs</h3>
              <NeedsList needs={checked.list.needs} />
            </section>
          </>
        )}
      </div>
    </Dialog>
  );
}

function toLandingWords({ change, landsAt }: Landing): string {
  switch (change) {
    case 'new':
      return '';
    case 'same':
      return 'is here already, the same';
    case 'renamed':
      return `as ${landsAt}, because another one is here`;
  }
}

function readBundle(text: string): Bundle {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // What is not JSON is no bundle either; the schema says so.
  }
  const parsed = bundleSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeddleError(
    'bundle.invalid',
    `This file is no bundle that Heddle can read: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? ''}.`,
  );
}
