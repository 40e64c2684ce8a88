import { useQuery } from '@tanstack/react-query';
import { Check, CircleHelp, ClipboardPen, ExternalLink, Pencil, UserCheck, X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { toShortId } from '../../state/runs.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { ValueForm } from '../../ui/value-fields.tsx';
import { type FormField, type FormTexts, readForm, toFormTexts, toSchemaFields } from '../../ui/value-form.ts';
import { toQuestion } from './approval-words.ts';
import { FormAnswer } from './form-answer.tsx';
import { Urgency } from './urgency.tsx';

export interface ApprovalCardProps {
  readonly approval: OpenApproval;
  /** In the inbox: a card of its own, where A approves and D denies wherever the focus is. Elsewhere it is part of its run. */
  readonly hasKeys?: boolean;
}

/** One question with everything needed to answer it, and the buttons that do. The first answer counts. */
export function ApprovalCard({ approval, hasKeys = false }: ApprovalCardProps) {
  const [mode, setMode] = useState<'look' | 'edit' | 'deny' | 'assume'>('look');
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const isOnline = useIsOnline();
  const { subject } = approval;
  const isForm = subject.type === 'form';
  const canEdit = subject.type === 'toolCall' || (subject.type === 'node' && subject.isEditable);

  const answer = async (given: ApprovalAnswer) => {
    setIsBusy(true);
    setError(null);
    try {
      await getApi().approval.decide({ runId: approval.runId, approvalId: approval.approvalId, answer: given, by: 'user' });
    } catch (thrown) {
      setError(toCallError(thrown));
    } finally {
      setIsBusy(false);
    }
  };
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBusy || !isOnline) return;
    // Escape leaves what was edited alone.
    if (isInDialog(event.target) || (isTyping(event.target) && mode !== 'deny')) return;
    if (mode !== 'look' && event.key === 'Escape') setMode('look');
    else if (mode !== 'look' || subject.type === 'outcomeUnknown') return;
    else if (event.key === 'a' && !isForm) void answer({ type: 'grant' });
    else if (event.key === 'd') setMode('deny');
    else if (event.key === 'e' && canEdit) setMode('edit');
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    if (!hasKeys) return undefined;
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [hasKeys]);

  return (
    <article
      aria-label={toQuestion(subject)}
      tabIndex={-1}
      ref={(element) => {
        if (hasKeys && element !== null && document.activeElement === document.body) element.focus();
      }}
      className={`flex flex-col gap-3 ${hasKeys ? 'rounded-xl border border-line-strong bg-surface-2 p-4 shadow-card' : ''}`}
    >
      <header className="flex items-start gap-2.5">
        <span className={`mt-0.5 ${subject.type === 'outcomeUnknown' ? 'text-waiting' : 'text-human'}`}>
          {subject.type === 'outcomeUnknown' ? (
            <CircleHelp size={18} aria-hidden />
          ) : isForm ? (
            <ClipboardPen size={18} aria-hidden />
          ) : (
            <UserCheck size={18} aria-hidden />
          )}
        </span>
        <div className="min-w-0 flex-1">
          <h2 className="text-15 font-semibold break-words">{toQuestion(subject)}</h2>
          <p className="text-12 text-ink-2">
            {hasKeys && `${approval.nodeName} in ${approval.workflowName} · `}asked <RelativeTime atMs={approval.requestedAtMs} />
          </p>
        </div>
        {hasKeys && (
          <Button
            size="small"
            tone="quiet"
            icon={<ExternalLink size={12} />}
            onClick={() => openTab({ type: 'run', runId: approval.runId })}
          >
            Run #{toShortId(approval.runId)}
          </Button>
        )}
      </header>

      <Urgency approval={approval} />
      {(subject.type === 'node' || isForm) && subject.message !== '' && <Markdown text={subject.message} />}
      {subject.type === 'outcomeUnknown' && (
        <p className="text-12 text-ink-2">
          The host stopped while this call was under way, and doing it twice could do harm. Look at the other side: was it done? Then
          choose.
        </p>
      )}
      {subject.type === 'form' && (
        <FormAnswer
          subject={subject}
          isBusy={isBusy}
          isOnline={isOnline}
          isFocused={hasKeys}
          isHidden={mode === 'deny'}
          onDeny={() => setMode('deny')}
          onSubmit={(value) => void answer({ type: 'grant', value })}
        />
      )}
      {mode !== 'edit' && <Shown approval={approval} />}
      {mode === 'edit' && (
        <EditForm
          approval={approval}
          isBusy={isBusy}
          onCancel={() => setMode('look')}
          onSubmit={(value) => void answer({ type: 'grant', value })}
        />
      )}
      {mode === 'deny' && (
        <DenyForm isBusy={isBusy} onCancel={() => setMode('look')} onSubmit={(reason) => void answer({ type: 'deny', reason })} />
      )}
      {mode === 'assume' && (
        <AssumeForm
          isBusy={isBusy}
          onCancel={() => setMode('look')}
          onSubmit={(result) => void answer({ type: 'resolve', decision: { type: 'assumeDone', result } })}
        />
      )}
      {error !== null && <ErrorNote error={error} isCompact />}

      {mode === 'look' && subject.type !== 'outcomeUnknown' && !isForm && (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            tone="approve"
            icon={<Check size={14} />}
            isBusy={isBusy}
            disabled={!isOnline}
            onClick={() => void answer({ type: 'grant' })}
          >
            Approve
            {hasKeys && <InlineKey label="A" />}
          </Button>
          <Button tone="danger" icon={<X size={14} />} disabled={isBusy || !isOnline} onClick={() => setMode('deny')}>
            Deny
            {hasKeys && <KeyHint keys="D" />}
          </Button>
          {canEdit && (
            <Button icon={<Pencil size={13} />} disabled={isBusy || !isOnline} onClick={() => setMode('edit')}>
              Edit first
              {hasKeys && <KeyHint keys="E" />}
            </Button>
          )}
        </div>
      )}
      {mode === 'look' && subject.type === 'outcomeUnknown' && (
        <div className="flex flex-col gap-2">
          <Choice
            title="It was not done: do it again"
            text="The same call is made once more."
            disabled={isBusy || !isOnline}
            onClick={() => void answer({ type: 'resolve', decision: { type: 'retry' } })}
          />
          <Choice
            title="It was done: go on with its result"
            text="You say what it gave back."
            disabled={isBusy || !isOnline}
            onClick={() => setMode('assume')}
          />
          <Choice
            title="Fail the call"
            text="The node sees an error and goes on by its own rules."
            disabled={isBusy || !isOnline}
            onClick={() => void answer({ type: 'resolve', decision: { type: 'fail' } })}
          />
        </div>
      )}
      {!isOnline && <p className="text-12 text-waiting">Not connected. You can decide as soon as the host is back.</p>}
    </article>
  );
}

function InlineKey({ label }: { readonly label: string }) {
  return <kbd className="rounded-sm border border-current/40 px-1 font-sans text-11 font-normal">{label}</kbd>;
}

function Choice({
  title,
  text,
  disabled,
  onClick,
}: {
  readonly title: string;
  readonly text: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      disabled={disabled}
      className="flex flex-col items-start rounded-lg border border-line px-3 py-2 text-left transition-colors hover:border-line-strong hover:bg-surface-3 disabled:opacity-50"
      onClick={onClick}
    >
      <span className="text-13 font-medium">{title}</span>
      <span className="text-12 text-ink-2">{text}</span>
    </button>
  );
}

/** What would go on: the value of a node, or the arguments of a call. A text is drawn as Markdown. */
function Shown({ approval: { subject } }: { readonly approval: OpenApproval }) {
  if (subject.type === 'node' && typeof subject.value === 'string') {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      <section aria-label="Value" tabIndex={0} className="max-h-96 overflow-y-auto rounded-md border border-line bg-canvas p-3">
        <Markdown text={subject.value} />
      </section>
    );
  }
  if (subject.type === 'node') return subject.value === null ? null : <JsonView value={subject.value} label="value" openDepth={3} />;
  if (subject.type === 'form') return null;
  return <JsonView value={subject.arguments} label={`arguments of ${subject.tool}`} openDepth={3} />;
}

interface EditFormProps {
  readonly approval: OpenApproval;
  readonly isBusy: boolean;
  readonly onCancel: () => void;
  readonly onSubmit: (value: JsonValue) => void;
}

function EditForm({ approval: { subject }, isBusy, onCancel, onSubmit }: EditFormProps) {
  const tool = 'tool' in subject ? subject.tool : null;
  const tools = useQuery({ queryKey: ['tools'], queryFn: () => getApi().tool.list() });
  const value: JsonValue = 'value' in subject ? subject.value : subject.arguments;
  const schema = tool === null ? undefined : tools.data?.find(({ name }) => name === tool)?.inputSchema;
  // The form waits for the tool's schema, so that what is typed meanwhile is not lost to a change of fields.
  if (tool !== null && tools.isPending) return <p className="text-12 text-ink-2">Loading what {tool} takes…</p>;
  return <EditFields fields={toEditFields(value, schema)} value={value} isBusy={isBusy} onCancel={onCancel} onSubmit={onSubmit} />;
}

/** The key of the only control when the value is not an object. */
const wholeValue = '';

function toEditFields(value: JsonValue, schema: JsonObject | undefined): readonly FormField[] {
  if (isObject(value)) return toSchemaFields(schema ?? {}, value);
  const control: FormField['control'] = typeof value === 'string' ? { type: 'text', isLong: true } : { type: 'json' };
  return [{ key: wholeValue, label: 'Value', isRequired: true, control }];
}

interface EditFieldsProps {
  readonly fields: readonly FormField[];
  readonly value: JsonValue;
  readonly isBusy: boolean;
  readonly onCancel: () => void;
  readonly onSubmit: (value: JsonValue) => void;
}

function EditFields({ fields, value, isBusy, onCancel, onSubmit }: EditFieldsProps) {
  const [texts, setTexts] = useState<FormTexts>(() => toFormTexts(fields, isObject(value) ? value : { [wholeValue]: value }));
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('textarea, input, select')?.focus(), []);
  return (
    <form
      ref={form}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        const read = readForm(fields, texts);
        setProblems(read.problems);
        if (Object.keys(read.problems).length > 0) return;
        onSubmit(isObject(value) ? read.value : (read.value[wholeValue] as JsonValue));
      }}
    >
      <ValueForm fields={fields} texts={texts} problems={problems} onChange={setTexts} disabled={isBusy} />
      <FormButtons submit="Approve as edited" tone="approve" isBusy={isBusy} onCancel={onCancel} />
    </form>
  );
}

function DenyForm({
  isBusy,
  onCancel,
  onSubmit,
}: {
  readonly isBusy: boolean;
  readonly onCancel: () => void;
  readonly onSubmit: (reason: string) => void;
}) {
  const [reason, setReason] = useState('');
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(reason.trim());
      }}
    >
      <TextField
        label="Reason, for the agent and the journal"
        autoFocus
        maxLength={2000}
        value={reason}
        placeholder="You may leave it empty"
        onChange={(event) => setReason(event.target.value)}
      />
      <FormButtons submit="Deny" tone="danger" isBusy={isBusy} onCancel={onCancel} />
    </form>
  );
}

function AssumeForm({
  isBusy,
  onCancel,
  onSubmit,
}: {
  readonly isBusy: boolean;
  readonly onCancel: () => void;
  readonly onSubmit: (result: JsonValue) => void;
}) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          onSubmit(text.trim() === '' ? null : (JSON.parse(text) as JsonValue));
        } catch {
          setProblem('Is not JSON. Put a text in double quotes.');
        }
      }}
    >
      <TextArea
        label="What it gave back, JSON"
        isMono
        rows={4}
        value={text}
        problem={problem}
        help="Empty means null."
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      <FormButtons submit="Go on with this" tone="primary" isBusy={isBusy} onCancel={onCancel} />
    </form>
  );
}

function FormButtons({
  submit,
  tone,
  isBusy,
  onCancel,
}: {
  readonly submit: string;
  readonly tone: 'approve' | 'danger' | 'primary';
  readonly isBusy: boolean;
  readonly onCancel: () => void;
}) {
  return (
    <div className="flex gap-2">
      <Button type="submit" tone={tone} isBusy={isBusy}>
        {submit}
      </Button>
      <Button tone="quiet" onClick={onCancel}>
        Back
      </Button>
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** True inside the palette and other windows over the page, which have their own keys. */
function isInDialog(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=dialog]') !== null;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
