import { X } from 'lucide-react';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { useCatalogue } from '../../state/catalogue.ts';
import { ExpressionBox } from '../../ui/expression-box.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { type ArgumentField, fromArgumentText, listArguments, toArgumentText } from './argument-values.ts';
import type { FieldProps } from './field-props.ts';
import { JsonBox } from './json-box.tsx';
import { TryTemplate } from './try-out.tsx';

/** The arguments of a tool by its schema; of a tool that is not here, as JSON. */
export function ArgumentsField(props: FieldProps & { readonly tool: string }) {
  const { label, help, value, problem, tool, names, trial, isReadOnly, onChange } = props;
  const info = useCatalogue((store) => store.tools?.find((candidate) => candidate.name === tool));
  const given: JsonObject = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  if (tool === '') return <p className="text-12 text-ink-2">Choose a tool first; its arguments then appear here.</p>;
  if (info === undefined)
    return (
      <JsonBox
        label={label}
        help="The tool is not here now, so its arguments are shown as JSON."
        problem={problem}
        value={given}
        isReadOnly={isReadOnly}
        onChange={(next) => onChange(next ?? {})}
      />
    );
  const set = (name: string, next: JsonValue | undefined) => {
    const { [name]: _before, ...others } = given;
    onChange(next === undefined ? others : { ...given, [name]: next });
  };
  const fields = listArguments(info.inputSchema, given);
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-12 text-ink-2">{label}</legend>
      <div className="flex flex-col gap-2.5 border-l-2 border-line pl-2.5">
        {fields.length === 0 && <p className="text-12 text-ink-2">This tool takes no arguments.</p>}
        {fields.map((field) => (
          <Argument
            key={field.name}
            field={field}
            value={given[field.name]}
            names={names}
            trial={trial}
            isReadOnly={isReadOnly}
            onChange={(next) => set(field.name, next)}
          />
        ))}
      </div>
      {(problem ?? help) && <p className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>{problem ?? help}</p>}
    </fieldset>
  );
}

interface ArgumentProps {
  readonly field: ArgumentField;
  readonly value: JsonValue | undefined;
  readonly names: FieldProps['names'];
  readonly trial: FieldProps['trial'];
  readonly isReadOnly: boolean;
  readonly onChange: (value: JsonValue | undefined) => void;
}

function Argument({ field, value, names, trial, isReadOnly, onChange }: ArgumentProps) {
  const label = field.isRequired ? `${field.name} (required)` : field.name;
  const isTemplate = typeof value === 'string' && value.includes('{{');
  if (field.choices !== null && !isTemplate) {
    return (
      <Select
        label={label}
        {...(field.description === null ? {} : { help: field.description })}
        disabled={isReadOnly}
        value={typeof value === 'string' ? value : ''}
        options={[
          { value: '', label: field.isRequired ? 'Choose' : 'Not given' },
          ...field.choices.map((choice) => ({ value: choice, label: choice })),
        ]}
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    );
  }
  const isShort = toArgumentText(value).length < 40;
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 flex-1">
        <ExpressionBox
          form="template"
          label={label}
          help={field.description ?? (field.isKnown ? undefined : 'The tool does not take this.')}
          rows={isShort ? 1 : 3}
          value={toArgumentText(value)}
          names={names}
          isReadOnly={isReadOnly}
          onChange={(text) => onChange(fromArgumentText(text, field.takesText) ?? (field.isRequired && field.takesText ? '' : undefined))}
        />
        <TryTemplate source={toArgumentText(value)} trial={trial} />
      </div>
      {!field.isKnown && !isReadOnly && (
        <IconButton
          size="small"
          label={`Remove ${field.name}`}
          icon={<X size={13} />}
          className="mt-5"
          onClick={() => onChange(undefined)}
        />
      )}
    </div>
  );
}
