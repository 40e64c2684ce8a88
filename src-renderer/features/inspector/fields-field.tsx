import { Plus } from 'lucide-react';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { type FieldType, fieldTypes } from '#shared/nodes/field.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { fromArgumentText, toArgumentText } from './argument-values.ts';
import { withMoved } from './config-value.ts';
import { toFieldName } from './field-names.ts';
import type { FieldProps } from './field-props.ts';
import { ListRow } from './list-row.tsx';

/** A list of named, typed values: what a run is given, what code takes and gives. */
export function FieldsField(props: FieldProps & { readonly itemLabel: string; readonly hasDefault: boolean }) {
  const { label, help, value, problem, itemLabel, hasDefault, isReadOnly, onChange } = props;
  const items = (Array.isArray(value) ? value : []) as readonly JsonObject[];
  const set = (next: readonly JsonObject[]) => onChange(next as JsonValue);
  const change = (index: number, members: { readonly [key: string]: JsonValue | undefined }) =>
    set(items.map((item, at) => (at === index ? withMembers(item, members) : item)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-12 text-ink-2">{label}</legend>
      {items.map((item, index) => {
        const name = String(item.name ?? '');
        return (
          <ListRow
            // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being typed; the place is all that stays.
            key={index}
            name={name || `${itemLabel} ${index + 1}`}
            index={index}
            count={items.length}
            isReadOnly={isReadOnly}
            onMove={(by) => set(withMoved(items, index, by))}
            onRemove={() => set(items.filter((_, at) => at !== index))}
            aside={
              <Toggle
                label="Required"
                isOn={item.required === true}
                disabled={isReadOnly}
                onChange={(isOn) => change(index, { required: isOn || undefined })}
              />
            }
          >
            <div className="grid grid-cols-[1fr_104px] gap-1.5">
              <TextField
                label={`Name of ${itemLabel} ${index + 1}`}
                isLabelHidden
                isMono
                placeholder="name"
                readOnly={isReadOnly}
                value={name}
                onChange={(event) => change(index, { name: event.target.value })}
              />
              <Select<FieldType>
                label={`Type of ${name || itemLabel}`}
                isLabelHidden
                disabled={isReadOnly}
                value={toFieldType(item.type)}
                options={fieldTypes.map((type) => ({ value: type, label: type }))}
                onChange={(type) => change(index, { type, default: undefined })}
              />
            </div>
            <TextField
              label={`What ${name || itemLabel} is`}
              isLabelHidden
              placeholder="What it is"
              readOnly={isReadOnly}
              value={String(item.description ?? '')}
              onChange={(event) => change(index, { description: event.target.value || undefined })}
            />
            {hasDefault && (
              <TextField
                label={`Default of ${name || itemLabel}`}
                isLabelHidden
                isMono
                placeholder="Default, if it is left out"
                readOnly={isReadOnly}
                value={toArgumentText(item.default)}
                onChange={(event) => change(index, { default: fromArgumentText(event.target.value, isTextType(toFieldType(item.type))) })}
              />
            )}
          </ListRow>
        );
      })}
      {!isReadOnly && (
        <Button
          size="small"
          icon={<Plus size={13} />}
          className="self-start"
          onClick={() => set([...items, { name: toFieldName(items, itemLabel), type: 'string' }])}
        >
          Add {itemLabel}
        </Button>
      )}
      {(problem ?? help) && <p className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>{problem ?? help}</p>}
    </fieldset>
  );
}

function withMembers(item: JsonObject, members: { readonly [key: string]: JsonValue | undefined }): JsonObject {
  return Object.fromEntries(Object.entries({ ...item, ...members }).filter(([, value]) => value !== undefined)) as JsonObject;
}

function toFieldType(value: JsonValue | undefined): FieldType {
  return fieldTypes.find((type) => type === value) ?? 'any';
}

function isTextType(type: FieldType): boolean {
  return type === 'string' || type === 'file' || type === 'folder';
}
