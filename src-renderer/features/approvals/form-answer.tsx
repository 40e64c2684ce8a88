import { Send, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { ApprovalSubject } from '#shared/run/events.ts';
import { Button } from '../../ui/button.tsx';
import { ValueForm } from '../../ui/value-fields.tsx';
import { type FormTexts, readForm, toFormTexts } from '../../ui/value-form.ts';
import { fromFormValue, toFirstValue, toFormFields } from './form-fields.ts';

export interface FormAnswerProps {
  readonly subject: Extract<ApprovalSubject, { type: 'form' }>;
  readonly isBusy: boolean;
  readonly isOnline: boolean;
  /** Puts the cursor into the first control. */
  readonly isFocused: boolean;
  /** Keeps what was filled in while something else is asked. */
  readonly isHidden: boolean;
  readonly onDeny: () => void;
  readonly onSubmit: (value: JsonValue) => void;
}

/** A form drawn from its JSON Schema. What is wrong is said at its control when it is sent, and again as it is mended. */
export function FormAnswer({ subject, isBusy, isOnline, isFocused, isHidden, onDeny, onSubmit }: FormAnswerProps) {
  const fields = toFormFields(subject.schema);
  const [texts, setTexts] = useState<FormTexts>(() => toFormTexts(fields, toFirstValue(subject)));
  const [wasSent, setWasSent] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const read = readForm(fields, texts);
  const problems = wasSent ? read.problems : {};
  useEffect(() => {
    if (isFocused) form.current?.querySelector<HTMLElement>('textarea, input, select, button[role=switch]')?.focus();
  }, [isFocused]);

  const send = () => {
    setWasSent(true);
    const [first] = fields.filter((field) => read.problems[field.key] !== undefined);
    if (first === undefined) onSubmit(fromFormValue(subject.schema, read.value as JsonObject));
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  };
  return (
    <form
      ref={form}
      noValidate
      hidden={isHidden}
      aria-label={subject.title}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        if (!isBusy && isOnline) send();
      }}
    >
      <ValueForm fields={fields} texts={texts} problems={problems} onChange={setTexts} disabled={isBusy} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" tone="approve" icon={<Send size={13} />} isBusy={isBusy} disabled={!isOnline}>
          Send
        </Button>
        <Button tone="danger" icon={<X size={14} />} disabled={isBusy || !isOnline} onClick={onDeny}>
          Refuse
        </Button>
        <span className="text-12 text-ink-3">Ctrl Enter sends</span>
      </div>
    </form>
  );
}
