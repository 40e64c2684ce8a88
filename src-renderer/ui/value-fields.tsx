import { Select } from './select.tsx';
import { TextArea, TextField } from './text-field.tsx';
import { Toggle } from './toggle.tsx';
import { type FormField, type FormTexts, toOptionText } from './value-form.ts';

export interface ValueFormProps {
  readonly fields: readonly FormField[];
  readonly texts: FormTexts;
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (texts: FormTexts) => void;
  readonly disabled?: boolean;
}

/** Controls for the fields of a JSON object. */
export function ValueForm({ fields, texts, problems, onChange, disabled = false }: ValueFormProps) {
  return (
    <div className="flex flex-col gap-3">
      {fields.map((field) => (
        <Control
          key={field.key}
          field={field}
          text={texts[field.key] ?? ''}
          problem={problems[field.key]}
          disabled={disabled}
          onChange={(text) => onChange({ ...texts, [field.key]: text })}
        />
      ))}
    </div>
  );
}

interface ControlProps {
  readonly field: FormField;
  readonly text: string;
  readonly problem: string | undefined;
  readonly disabled: boolean;
  readonly onChange: (text: string) => void;
}

function Control({ field, text, problem, disabled, onChange }: ControlProps) {
  const { control, help } = field;
  const label = field.isRequired ? `${field.label} (required)` : field.label;
  switch (control.type) {
    case 'toggle':
      return (
        <Toggle
          label={field.label}
          {...(help === undefined ? {} : { help })}
          isOn={text === 'true'}
          disabled={disabled}
          onChange={(isOn) => onChange(String(isOn))}
        />
      );
    case 'choice': {
      const options = control.options.map(toOptionText);
      return (
        <Select
          label={label}
          {...(help === undefined ? {} : { help })}
          value={text}
          disabled={disabled}
          options={[
            ...(options.includes(text) ? [] : [{ value: text, label: 'Choose…' }]),
            ...options.map((option) => ({ value: option, label: option })),
          ]}
          problem={problem}
          onChange={onChange}
        />
      );
    }
    case 'moment':
      return (
        <TextField
          label={label}
          help={help}
          problem={problem}
          type={control.form === 'date-time' ? 'datetime-local' : control.form}
          className="max-w-60"
          value={text}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'number':
      return (
        <TextField
          label={label}
          help={help}
          problem={problem}
          value={text}
          disabled={disabled}
          inputMode="decimal"
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'json':
      return (
        <TextArea
          label={`${label}, JSON`}
          help={help}
          problem={problem}
          value={text}
          disabled={disabled}
          isMono
          rows={toRows(text, 3, 12)}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'text':
      return control.isLong ? (
        <TextArea
          label={label}
          help={help}
          problem={problem}
          value={text}
          disabled={disabled}
          rows={toRows(text, 1, 12)}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <TextField
          label={label}
          help={help}
          problem={problem}
          value={text}
          disabled={disabled}
          placeholder={control.hint}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

/** Lines of a text area: as many as the text has, within bounds; 60 characters wrap. */
function toRows(text: string, min: number, max: number): number {
  const lines = text.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / 60), 0);
  return Math.min(max, Math.max(min, lines));
}
