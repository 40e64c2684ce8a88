import { Play } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { ApprovalMode } from '#shared/run/events.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { useModelOptions } from '../../state/model-options.ts';
import { startRun } from '../../state/run-actions.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { ValueForm } from '../../ui/value-fields.tsx';
import { readForm, toFormTexts } from '../../ui/value-form.ts';
import { toFirstInputs, toFormField, toMemoryKey } from './run-form.ts';
import { type OpenForm, useRunForm } from './run-target.ts';

/** Asks for the inputs of a run, and on which model and with which approvals it should go. */
export function RunStartDialog() {
  const form = useRunForm((store) => store.form);
  return form === null ? null : <Content key={form.path} form={form} />;
}

const approvalModes: readonly { readonly value: ApprovalMode; readonly label: string }[] = [
  { value: 'ask', label: 'Ask me' },
  { value: 'all', label: 'Approve everything' },
  { value: 'none', label: 'Deny everything' },
];

function Content({ form }: { readonly form: OpenForm }) {
  const fields = form.fields.map(toFormField);
  const [texts, setTexts] = useState(() => toFormTexts(fields, toFirstInputs(form.fields, form.remembered.inputs)));
  const [approvalMode, setApprovalMode] = useState<ApprovalMode>(form.remembered.approvalMode);
  const [model, setModel] = useState(form.remembered.model);
  const [budget, setBudget] = useState('');
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const modelOptions = useModelOptions(model);
  const close = () => useRunForm.setState({ form: null });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const read = readForm(fields, texts);
    setProblems(read.problems);
    const budgetUsd = budget.trim() === '' ? undefined : Number(budget);
    if (budgetUsd !== undefined && !(budgetUsd > 0)) return;
    if (Object.keys(read.problems).length > 0 || isBusy) return;
    setIsBusy(true);
    try {
      await startRun({
        path: form.path,
        inputs: read.value,
        approvalMode,
        ...(model === '' ? {} : { modelOverride: model }),
        ...(budgetUsd === undefined ? {} : { budgetUsd }),
      });
      localStorage.setItem(toMemoryKey(form.path), JSON.stringify({ inputs: read.value, approvalMode, model }));
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
      title={`Run ${form.workflowName}`}
      actions={
        <>
          <Button tone="quiet" onClick={close}>
            Cancel
          </Button>
          <Button tone="primary" type="submit" form="start-run" icon={<Play size={13} />} isBusy={isBusy}>
            Run
            <KeyHint keys="Mod+Enter" className="border-current/40! text-current!" />
          </Button>
        </>
      }
    >
      <form id="start-run" className="flex flex-col gap-4 pb-2" onSubmit={(event) => void submit(event)} onKeyDown={submitByKey}>
        {fields.length === 0 ? (
          <p className="text-12 text-ink-2">This workflow asks for nothing.</p>
        ) : (
          <ValueForm fields={fields} texts={texts} problems={problems} onChange={setTexts} disabled={isBusy} />
        )}
        <div className="grid grid-cols-2 gap-3 border-t border-line pt-3">
          <Select label="Model" value={model} options={modelOptions} onChange={setModel} />
          <Select label="Approvals" value={approvalMode} options={approvalModes} onChange={setApprovalMode} />
          <TextField
            label="Budget in US dollars"
            value={budget}
            inputMode="decimal"
            placeholder="without limit"
            help="The run interrupts itself when its models have cost this much."
            problem={budget.trim() === '' || Number(budget) > 0 ? null : 'Give an amount above 0, or leave it empty.'}
            onChange={(event) => setBudget(event.target.value)}
          />
        </div>
        {error !== null && <ErrorNote error={error} onLeave={close} />}
      </form>
    </Dialog>
  );
}

/** Ctrl Enter starts the run from a text of several lines too, where Enter is a new line. */
function submitByKey(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
