import { ChevronDown } from 'lucide-react';
import { useId } from 'react';
import { FieldFrame } from './text-field.tsx';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export interface SelectProps<Value extends string> {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly help?: string;
  readonly problem?: string | null | undefined;
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** One of a few. The platform's own list, so that keys and screen readers work as everywhere. */
export function Select<Value extends string>({
  label,
  isLabelHidden,
  help,
  problem,
  value,
  options,
  onChange,
  disabled,
  className,
}: SelectProps<Value>) {
  const id = useId();
  return (
    <FieldFrame
      id={id}
      label={label}
      help={help}
      problem={problem}
      {...(isLabelHidden === undefined ? {} : { isLabelHidden })}
      {...(className === undefined ? {} : { className })}
    >
      <span className="relative block">
        <select
          id={id}
          value={value}
          disabled={disabled}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem || help ? `${id}-note` : undefined}
          onChange={(event) => onChange(event.target.value as Value)}
          className="h-7 w-full appearance-none truncate rounded-md border border-line bg-canvas pr-7 pl-2 text-13 text-ink-1 hover:border-line-strong focus:border-accent focus:outline-none aria-invalid:border-failed"
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown size={14} aria-hidden className="pointer-events-none absolute top-1.75 right-2 text-ink-3" />
      </span>
    </FieldFrame>
  );
}
