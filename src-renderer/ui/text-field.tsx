import { type InputHTMLAttributes, type ReactNode, type Ref, type TextareaHTMLAttributes, useId } from 'react';

interface FieldProps {
  readonly label: string;
  /** Keeps the label for screen readers only. */
  readonly isLabelHidden?: boolean;
  readonly help?: ReactNode;
  /** What is wrong with the value; marks the field as invalid. */
  readonly problem?: string | null | undefined;
}

const box =
  'w-full rounded-md border bg-canvas px-2 text-ink-1 transition-colors hover:border-line-strong focus:border-accent focus:outline-none disabled:opacity-50 aria-invalid:border-failed';

export interface TextFieldProps extends FieldProps, Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  readonly isMono?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

/** One line of text with its label, help and problem tied to it. */
export function TextField({ label, isLabelHidden = false, help, problem, isMono = false, className = '', ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} isLabelHidden={isLabelHidden} help={help} problem={problem} className={className}>
      <input
        id={id}
        className={`h-7 border-line ${box} ${isMono ? 'font-mono text-12' : 'text-13'}`}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || help ? `${id}-note` : undefined}
        spellCheck={false}
        autoComplete="off"
        {...rest}
      />
    </FieldFrame>
  );
}

export interface TextAreaProps extends FieldProps, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id'> {
  readonly isMono?: boolean;
  readonly ref?: Ref<HTMLTextAreaElement>;
}

/** Several lines of text with label, help and problem. */
export function TextArea({ label, isLabelHidden = false, help, problem, isMono = false, className = '', ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} isLabelHidden={isLabelHidden} help={help} problem={problem} className={className}>
      <textarea
        id={id}
        className={`field-sizing-content max-h-80 resize-none border-line py-1 ${box} ${isMono ? 'font-mono text-12' : 'text-13'}`}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || help ? `${id}-note` : undefined}
        spellCheck={false}
        {...rest}
      />
    </FieldFrame>
  );
}

export interface FieldFrameProps extends FieldProps {
  readonly id: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Label above, note below; the control inside carries `id` and `aria-describedby={id-note}`. */
export function FieldFrame({ id, label, isLabelHidden = false, help, problem, className = '', children }: FieldFrameProps) {
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-12 text-ink-2'}>
        {label}
      </label>
      {children}
      {(problem || help) && (
        <p id={`${id}-note`} className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>
          {problem || help}
        </p>
      )}
    </div>
  );
}
