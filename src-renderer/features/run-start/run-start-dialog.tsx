import { Play } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { ApprovalMode } from '#shared/run/events.ts';
import { toPartWords } from '#shared/run/part.ts';
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
import { type FormTexts, readForm, toFormTexts } from '../../ui/value-form.ts';
import { readMissing, toGivenLines, toMissingNodes } from './part-form.ts';
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
  const { part } = form;
  const missing = part === null ? [] : toMissingNodes(part.document, part.preview.missing);
  const [texts, setTexts] = useState(() => toFormTexts(fields, toFirstInputs(form.fields, form.remembered.inputs)));
  const [missingTexts, setMissingTexts] = useState<FormTexts>({});
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
    const typed = readMissing(missing, missingTexts);
    const wrong = { ...read.problems, ...typed.problems };
    setProblems(wrong);
    const budgetUsd = budget.trim() === '' ? undefined : Number(budget);
    if (budgetUsd !== undefined && !(budgetUsd > 0)) return;
    if (Object.keys(wrong).length > 0 || isBusy) return;
    setIsBusy(true);
    try {
      await startRun({
        path: form.path,
        inputs: read.value,
        approvalMode,
        ...(model === '' ? {} : { modelOverride: model }),
        ...(budgetUsd === undefined ? {} : { budgetUsd }),
        ...(part === null ? {} : { part: { mode: part.mode, node: part.node, given: typed.given } }),
      });
      localStorage.setItem(
        toMemoryKey(form.path),
        JSON.stringify({ inputs: { ...form.remembered.inputs, ...read.value }, approvalMode, model }),
      );
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
      title={part === null ? `Run ${form.workflowName}` : `Run ${toPartWords(part, nameOf(part))}`}
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
        {part !== null && <Given lines={toGivenLines(part.document, part.preview.given)} />}
        {missing.map(({ node, name, fields: ports }) => (
          <fieldset key={node} className="flex flex-col gap-2">
            <legend className="mb-1 text-12 text-ink-2">
              What <strong className="text-ink-1">{name}</strong> gives: it does not run, and nothing is pinned or recorded
            </legend>
            <ValueForm fields={ports} texts={missingTexts} problems={problems} onChange={setMissingTexts} disabled={isBusy} />
          </fieldset>
        ))}
        {fields.length > 0 && <ValueForm fields={fields} texts={texts} problems={problems} onChange={setTexts} disabled={isBusy} />}
        {fields.length === 0 && part === null && <p className="text-12 text-ink-2">This workflow asks for nothing.</p>}
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

/** Where the outputs of what does not run come from. */
function Given({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <div className="flex flex-col gap-0.5 text-12 text-ink-2">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

function nameOf({ document, node }: NonNullable<OpenForm['part']>): string {
  return document.nodes.find(({ id }) => id === node)?.name || node;
}

/** Ctrl Enter starts the run from a text of several lines too, where Enter is a new line. */
function submitByKey(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
