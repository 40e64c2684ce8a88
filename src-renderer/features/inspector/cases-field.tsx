import { Plus } from 'lucide-react';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { Button } from '../../ui/button.tsx';
import { ExpressionBox } from '../../ui/expression-box.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { withMoved } from './config-value.ts';
import { toFieldName } from './field-names.ts';
import type { FieldProps } from './field-props.ts';
import { ListRow } from './list-row.tsx';
import { TryOut } from './try-out.tsx';

/** The ways out of a branch, tried from the top. */
export function CasesField({ label, help, value, problem, names, trial, isReadOnly, onChange }: FieldProps) {
  const cases = (Array.isArray(value) ? value : []) as readonly JsonObject[];
  const set = (next: readonly JsonObject[]) => onChange(next as JsonValue);
  const change = (index: number, members: JsonObject) => set(cases.map((item, at) => (at === index ? { ...item, ...members } : item)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-12 text-ink-2">{label}</legend>
      {cases.map((item, index) => {
        const name = String(item.name ?? '');
        return (
          <ListRow
            // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being typed; the place is all that stays.
            key={index}
            name={name || `case ${index + 1}`}
            index={index}
            count={cases.length}
            isReadOnly={isReadOnly}
            onMove={(by) => set(withMoved(cases, index, by))}
            onRemove={() => set(cases.filter((_, at) => at !== index))}
          >
            <TextField
              label={`Name of case ${index + 1}`}
              isLabelHidden
              isMono
              placeholder="name"
              readOnly={isReadOnly}
              value={name}
              onChange={(event) => change(index, { name: event.target.value })}
            />
            <ExpressionBox
              form="expression"
              label={`When ${name || 'it'} is taken`}
              isLabelHidden
              rows={1}
              placeholder="inputs.in == true"
              value={String(item.when ?? '')}
              names={names}
              isReadOnly={isReadOnly}
              onChange={(when) => change(index, { when })}
            />
            <TryOut source={String(item.when ?? '')} trial={trial} />
          </ListRow>
        );
      })}
      <p className="rounded-md border border-dashed border-line-strong px-2 py-1.5 text-12 text-ink-2">
        <span className="font-mono">else</span>: when no case holds
      </p>
      {!isReadOnly && (
        <Button
          size="small"
          icon={<Plus size={13} />}
          className="self-start"
          onClick={() => set([...cases, { name: toFieldName(cases, 'case'), when: 'inputs.in == true' }])}
        >
          Add case
        </Button>
      )}
      {(problem ?? help) && <p className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>{problem ?? help}</p>}
    </fieldset>
  );
}
