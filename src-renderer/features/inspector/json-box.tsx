import { useEffect, useState } from 'react';
import type { JsonObject } from '#shared/base/json.ts';
import { TextArea } from '../../ui/text-field.tsx';

export interface JsonBoxProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly problem?: string | null;
  readonly placeholder?: string;
  readonly value: JsonObject | null;
  readonly isReadOnly: boolean;
  /** Null when the field was emptied. */
  readonly onChange: (value: JsonObject | null) => void;
}

/** A JSON object as text. While the text is no object it stays in the field, marked, and changes nothing. */
export function JsonBox({ label, help, problem, placeholder, value, isReadOnly, onChange }: JsonBoxProps) {
  const [text, setText] = useState(() => format(value));
  useEffect(() => {
    setText((current) => {
      const read = parse(current);
      return read.value !== undefined && format(read.value) === format(value) ? current : format(value);
    });
  }, [value]);
  const { problem: own } = parse(text);
  return (
    <TextArea
      label={label}
      help={help}
      problem={own ?? problem}
      isMono
      style={{ minHeight: 68 }}
      placeholder={placeholder}
      readOnly={isReadOnly}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const read = parse(event.target.value);
        if (read.value !== undefined) onChange(read.value);
      }}
    />
  );
}

function parse(text: string): { readonly value?: JsonObject | null; readonly problem: string | null } {
  if (text.trim() === '') return { value: null, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'This must be an object: { … }.' };
    return { value: value as JsonObject, problem: null };
  } catch (thrown) {
    return { problem: `This is not JSON yet: ${thrown instanceof Error ? thrown.message : String(thrown)}.` };
  }
}

function format(value: JsonObject | null): string {
  return value === null ? '' : JSON.stringify(value, null, 2);
}
