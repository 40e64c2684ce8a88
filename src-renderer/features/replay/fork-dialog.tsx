import { GitFork } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { ForkEdit, ForkReuse } from '#shared/run/fork-origin.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { toNodeName } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { useFollowedRuns } from '../../state/followed-runs.ts';
import { forkRun } from '../../state/run-actions.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { readCallEdit, readInputsEdit, toCallText } from './fork-form.ts';
import { closeReplayDialog, type ForkTarget, useReplayDialog } from './replay-dialogs.ts';

/** Asks what is to be different, and starts a run that reuses all that this does not touch. */
export function ForkDialog() {
  const open = useReplayDialog((store) => store.open);
  const state = useFollowedRuns((store) => (open?.type === 'fork' ? (store.byKey[`run:${open.target.runId}`]?.head ?? null) : null));
  return open?.type === 'fork' && state !== null ? <Content key={open.target.runId} target={open.target} state={state} /> : null;
}

const reuseOptions: readonly { readonly value: ForkReuse; readonly label: string }[] = [
  { value: 'unaffected', label: 'Everything that the changes do not touch' },
  { value: 'before', label: 'Only what was known at this event' },
];

function Content({ target, state }: { readonly target: ForkTarget; readonly state: RunState }) {
  const { call } = target;
  const [atSeq, setAtSeq] = useState(String(target.atSeq));
  const [text, setText] = useState(call === null ? '' : toCallText(call));
  const [inputs, setInputs] = useState(JSON.stringify(state.inputs, null, 2));
  const [reuse, setReuse] = useState<ForkReuse>('unaffected');
  const [isRerun, setIsRerun] = useState(false);
  const [isCurrent, setIsCurrent] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const seq = Number(atSeq);
  const isSeqWrong = !Number.isInteger(seq) || seq < 1 || seq > state.lastSeq;
  const callEdit = call === null || isRerun ? {} : readCallEdit(call, text);
  const inputsEdit = readInputsEdit(state.inputs, inputs);
  const isWrong = isSeqWrong || callEdit.problem !== undefined || inputsEdit.problem !== undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isWrong || isBusy) return;
    setIsBusy(true);
    try {
      const rerun: readonly ForkEdit[] = call !== null && isRerun ? [{ type: 'rerun', frame: call.frame }] : [];
      const edits = [
        ...(callEdit.edit === undefined ? [] : [callEdit.edit]),
        ...(inputsEdit.edit === undefined ? [] : [inputsEdit.edit]),
        ...rerun,
      ];
      await forkRun({ runId: target.runId, atSeq: seq, reuse, edits, workflowPath: isCurrent ? state.workflowPath : null });
      closeReplayDialog();
    } catch (thrown) {
      setError(toCallError(thrown));
      setIsBusy(false);
    }
  };

  return (
    <Dialog
      isOpen
      onClose={closeReplayDialog}
      title="Fork this run"
      description="A new run that takes over what was recorded, at no cost, and does again only what your changes touch."
      actions={
        <>
          <Button tone="quiet" onClick={closeReplayDialog}>
            Cancel
          </Button>
          <Button tone="primary" type="submit" form="fork-run" icon={<GitFork size={13} />} disabled={isWrong} isBusy={isBusy}>
            Fork
          </Button>
        </>
      }
    >
      <form id="fork-run" className="flex flex-col gap-4 pb-2" onSubmit={(event) => void submit(event)}>
        {call !== null && (
          <fieldset className="flex flex-col gap-2">
            <legend className="sr-only">The call</legend>
            <TextArea
              label={
                call.type === 'model'
                  ? `What the model answered in ${nameOf(state, call.frame)}`
                  : `What ${call.tool} gave in ${nameOf(state, call.frame)}`
              }
              isMono={call.type === 'tool'}
              rows={6}
              value={text}
              disabled={isRerun}
              problem={callEdit.problem}
              onChange={(change) => setText(change.target.value)}
            />
            <Toggle label="Ask again instead" isOn={isRerun} onChange={setIsRerun} />
          </fieldset>
        )}
        <TextArea
          label="Inputs of the run"
          isMono
          rows={3}
          value={inputs}
          problem={inputsEdit.problem}
          onChange={(change) => setInputs(change.target.value)}
        />
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="From event"
            value={atSeq}
            inputMode="numeric"
            problem={isSeqWrong ? `The run has the events 1 to ${state.lastSeq}.` : null}
            onChange={(change) => setAtSeq(change.target.value)}
          />
          <Select label="Take over" value={reuse} options={reuseOptions} onChange={setReuse} />
        </div>
        {state.workflowPath !== null && (
          <Toggle label="Use the workflow as it now stands in its file" isOn={isCurrent} onChange={setIsCurrent} />
        )}
        {error !== null && <ErrorNote error={error} />}
      </form>
    </Dialog>
  );
}

function nameOf(state: RunState, frame: string): string {
  return toNodeName(state, parseFrame(frame).node);
}
