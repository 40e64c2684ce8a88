import { Plus, Send, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { Steering } from '#shared/run/events.ts';
import type { RunState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { useModelOptions } from '../../state/model-options.ts';
import { steerRun } from '../../state/run-actions.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useControlDialog, useNewestState } from './run-in-front.ts';
import {
  listActions,
  listCases,
  listSteerable,
  type NodeChange,
  readChange,
  type SteerableNode,
  toChangeWords,
  toFirstText,
} from './steering-form.ts';

/** Changes a run while it lives: its model, its budget, and what its nodes do that have not begun. */
export function SteerDialog() {
  const open = useControlDialog((store) => store.open);
  const state = useNewestState(open?.type === 'steer' ? open.runId : '');
  return open?.type === 'steer' && state !== undefined ? <Content key={open.runId} state={state} /> : null;
}

function Content({ state }: { readonly state: RunState }) {
  const [model, setModel] = useState(state.modelOverride ?? '');
  const [budget, setBudget] = useState(state.budgetUsd === null ? '' : String(state.budgetUsd));
  const [changes, setChanges] = useState<readonly NodeChange[]>([]);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const modelOptions = useModelOptions(model);
  const nodes = listSteerable(state);
  const budgetUsd = budget.trim() === '' ? null : Number(budget);
  const isBudgetWrong = budgetUsd !== null && !(budgetUsd >= 0);
  const read = changes.map((change) => {
    const node = nodes.find(({ key }) => key === change.nodeKey);
    return node === undefined ? ({ type: 'wrong', problem: 'It has begun meanwhile.' } as const) : readChange(node, change);
  });
  const steerings: readonly Steering[] = [
    ...(model === (state.modelOverride ?? '') ? [] : [{ type: 'model', model: model === '' ? null : model } as const]),
    ...(isBudgetWrong || budgetUsd === state.budgetUsd ? [] : [{ type: 'budget', budgetUsd } as const]),
    ...read.flatMap((change) => (change.type === 'change' ? [change.steering] : [])),
  ];
  const canSend = steerings.length > 0 && !isBudgetWrong && read.every(({ type }) => type === 'change');
  const close = () => useControlDialog.setState({ open: null });
  const put = (index: number, change: NodeChange) => setChanges(changes.with(index, change));
  const add = () => {
    const [node] = nodes;
    if (node !== undefined) setChanges([...changes, { nodeKey: node.key, action: 'skip', text: '' }]);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!canSend || isBusy) return;
    setIsBusy(true);
    try {
      await steerRun(state.runId, steerings);
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
      title="Steer this run"
      description="What has begun goes on as it was; what begins later follows the changes."
      actions={
        <>
          <Button tone="quiet" onClick={close}>
            Cancel
          </Button>
          <Button tone="primary" type="submit" form="steer-run" icon={<Send size={13} />} disabled={!canSend} isBusy={isBusy}>
            Steer
          </Button>
        </>
      }
    >
      <form id="steer-run" className="flex flex-col gap-4 pb-2" onSubmit={(event) => void submit(event)}>
        <div className="grid grid-cols-2 gap-3">
          <Select label="Model" value={model} options={modelOptions} onChange={setModel} />
          <TextField
            label="Budget in US dollars"
            value={budget}
            inputMode="decimal"
            placeholder="without limit"
            problem={isBudgetWrong ? 'This is no amount.' : null}
            onChange={(event) => setBudget(event.target.value)}
          />
        </div>
        {changes.map((change, index) => (
          <ChangeRow
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end and removed.
            key={index}
            change={change}
            nodes={nodes}
            problem={read[index]?.type === 'wrong' ? read[index].problem : null}
            onChange={(next) => put(index, next)}
            onRemove={() => setChanges(changes.toSpliced(index, 1))}
          />
        ))}
        <Button size="small" icon={<Plus size={13} />} className="self-start" disabled={nodes.length === 0} onClick={add}>
          Change a node
        </Button>
        <section aria-label="What will change" className="border-t border-line pt-3 text-12 text-ink-2">
          {steerings.length === 0 ? (
            'Nothing will change yet.'
          ) : (
            <ul className="list-disc pl-4">
              {steerings.map((steering) => (
                <li key={JSON.stringify(steering)}>{toChangeWords(state, steering)}</li>
              ))}
            </ul>
          )}
        </section>
        {error !== null && <ErrorNote error={error} />}
      </form>
    </Dialog>
  );
}

interface ChangeRowProps {
  readonly change: NodeChange;
  readonly nodes: readonly SteerableNode[];
  readonly problem: string | null;
  readonly onChange: (change: NodeChange) => void;
  readonly onRemove: () => void;
}

function ChangeRow({ change, nodes, problem, onChange, onRemove }: ChangeRowProps) {
  const node = nodes.find(({ key }) => key === change.nodeKey);
  const chooseNode = (nodeKey: string) => onChange({ nodeKey, action: 'skip', text: '' });
  return (
    <fieldset className="flex flex-col gap-2 rounded-lg border border-line p-2">
      <legend className="sr-only">Change of {node?.label ?? change.nodeKey}</legend>
      <div className="flex items-end gap-2">
        <Select
          className="flex-1"
          label="Node"
          value={change.nodeKey}
          options={[
            ...(node === undefined ? [{ value: change.nodeKey, label: change.nodeKey }] : []),
            ...nodes.map(({ key, label }) => ({ value: key, label })),
          ]}
          onChange={chooseNode}
        />
        {node !== undefined && (
          <Select
            className="flex-1"
            label="What"
            value={change.action}
            options={listActions(node)}
            onChange={(action) => onChange({ ...change, action, text: toFirstText(node, action) })}
          />
        )}
        <IconButton label="Remove this change" icon={<Trash2 size={14} />} onClick={onRemove} />
      </div>
      {node !== undefined && change.action === 'path' && (
        <Select
          label="Way"
          value={change.text}
          options={listCases(node).map((name) => ({ value: name, label: name }))}
          onChange={(text) => onChange({ ...change, text })}
        />
      )}
      {change.action === 'lane' && (
        <TextField
          label="Lane"
          value={change.text}
          problem={problem}
          onChange={(event) => onChange({ ...change, text: event.target.value })}
        />
      )}
      {(change.action === 'config' || change.action === 'policy') && (
        <TextArea
          label={change.action === 'config' ? 'Settings' : 'Policy'}
          isMono
          rows={6}
          value={change.text}
          problem={problem}
          onChange={(event) => onChange({ ...change, text: event.target.value })}
        />
      )}
      {node === undefined && problem !== null && <p className="text-12 text-failed">{problem}</p>}
    </fieldset>
  );
}
