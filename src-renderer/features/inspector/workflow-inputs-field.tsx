import { Plus, X } from 'lucide-react';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { useWorkflowAt } from '../../state/workflow-at.ts';
import { ExpressionBox } from '../../ui/expression-box.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { fromArgumentText, toArgumentText } from './argument-values.ts';
import type { FieldProps } from './field-props.ts';
import { JsonBox } from './json-box.tsx';
import { TryTemplate } from './try-out.tsx';
import { type InputRow, listInputRows } from './workflow-input-rows.ts';

/** Most names in the menu; the rest comes while typing. */
const mostInserted = 24;

/** What each input of the chosen workflow gets, as templates. While the workflow cannot be read, as JSON. */
export function WorkflowInputsField(props: FieldProps & { readonly workflow: string }) {
  const { label, help, value, problem, names, workflow, isReadOnly, onChange } = props;
  const { document } = useWorkflowAt(workflow);
  const given: JsonObject = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  if (workflow === '' && Object.keys(given).length === 0)
    return <p className="text-12 text-ink-2">Choose a workflow first; its inputs then appear here.</p>;
  if (document === null)
    return (
      <JsonBox
        label={label}
        help="The workflow cannot be read now, so its inputs are shown as JSON."
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
  const rows = listInputRows(listInputFields(document), given, props.node.kind);
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-12 text-ink-2">{label}</legend>
      <div className="flex flex-col gap-2.5 border-l-2 border-line pl-2.5">
        {rows.length === 0 && <p className="text-12 text-ink-2">This workflow asks for nothing.</p>}
        {rows.map((row) => (
          <Input
            key={row.name}
            row={row}
            names={names}
            trial={props.trial}
            isReadOnly={isReadOnly}
            onChange={(next) => set(row.name, next)}
          />
        ))}
      </div>
      {(problem ?? help) && <p className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>{problem ?? help}</p>}
    </fieldset>
  );
}

interface InputProps {
  readonly row: InputRow;
  readonly names: FieldProps['names'];
  readonly trial: FieldProps['trial'];
  readonly isReadOnly: boolean;
  readonly onChange: (value: JsonValue | undefined) => void;
}

function Input({ row, names, trial, isReadOnly, onChange }: InputProps) {
  const text = toArgumentText(row.value);
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 flex-1">
        <ExpressionBox
          form="template"
          label={`${row.name} · ${row.words}`}
          help={row.help}
          problem={row.problem}
          placeholder={row.placeholder}
          rows={text.length < 40 ? 1 : 3}
          value={text}
          names={names}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange(fromArgumentText(next, row.takesText))}
        />
        <TryTemplate source={text} trial={trial} />
      </div>
      {!isReadOnly && (
        <div className="mt-5 flex flex-col">
          {names.length > 0 && row.isKnown && (
            <Menu
              label={`Insert into ${row.name}`}
              trigger={<IconButton size="small" label={`Insert a value into ${row.name}`} icon={<Plus size={13} />} />}
              items={names.slice(0, mostInserted).map(({ path }) => ({ label: path, onSelect: () => onChange(`${text}{{ ${path} }}`) }))}
            />
          )}
          {!row.isKnown && (
            <IconButton size="small" label={`Remove ${row.name}`} icon={<X size={13} />} onClick={() => onChange(undefined)} />
          )}
        </div>
      )}
    </div>
  );
}
