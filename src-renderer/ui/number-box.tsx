import { useEffect, useState } from 'react';
import { TextField } from './text-field.tsx';

export interface NumberBoxProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly problem?: string | null;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly placeholder?: string;
  readonly value: number | null;
  readonly isReadOnly: boolean;
  readonly onChange: (value: number | null) => void;
}

/** A number with its unit; empty means that none is set. What is no number stays in the field, marked, and changes nothing. */
export function NumberBox({ label, help, problem, unit, min, max, step, placeholder, value, isReadOnly, onChange }: NumberBoxProps) {
  const [text, setText] = useState(value === null ? '' : String(value));
  useEffect(() => {
    setText((current) => (parse(current) === value ? current : value === null ? '' : String(value)));
  }, [value]);
  const number = parse(text);
  const own = number === undefined ? 'This is not a number.' : toRangeProblem(number, min, max);
  return (
    <TextField
      label={unit === undefined || label.split(' ').includes(unit) ? label : `${label} (${unit})`}
      help={help}
      problem={own ?? problem}
      inputMode="decimal"
      step={step}
      placeholder={placeholder}
      readOnly={isReadOnly}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const next = parse(event.target.value);
        if (next !== undefined && toRangeProblem(next, min, max) === null) onChange(next);
      }}
    />
  );
}

/** Null for nothing, undefined for what is no number. */
function parse(text: string): number | null | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : undefined;
}

function toRangeProblem(number: number | null, min: number | undefined, max: number | undefined): string | null {
  if (number === null) return null;
  if (min !== undefined && number < min) return `At least ${min.toLocaleString()}.`;
  return max !== undefined && number > max ? `At most ${max.toLocaleString()}.` : null;
}
