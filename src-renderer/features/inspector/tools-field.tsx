import { X } from 'lucide-react';
import { useState } from 'react';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { refreshCatalogue, useCatalogue } from '../../state/catalogue.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import type { FieldProps } from './field-props.ts';
import { SuggestField } from './suggest-field.tsx';
import { effectWords, toToolSuggestions } from './tool-words.ts';

type Approval = 'default' | 'never' | 'always';

/** The tools an agent may use, each with what repeating it means and whether it asks first. */
export function ToolsField({ label, help, value, problem, isReadOnly, onChange }: FieldProps) {
  const known = useCatalogue((store) => store.tools);
  const [wanted, setWanted] = useState('');
  const tools = toList(value);
  const set = (next: readonly JsonObject[]) => onChange(next as JsonValue);
  const add = (name: string) => {
    const trimmed = name.trim();
    if (trimmed !== '' && !tools.some((tool) => tool.name === trimmed)) set([...tools, { name: trimmed }]);
    setWanted('');
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-12 text-ink-2">{label}</legend>
      {tools.map((tool, index) => {
        const info = known?.find((candidate) => candidate.name === tool.name);
        const name = String(tool.name ?? '');
        return (
          <div key={name} className="flex flex-col gap-1 rounded-md border border-line bg-surface-2 px-2 py-1.5">
            <div className="flex items-center gap-1">
              <span className="min-w-0 flex-1 truncate font-mono text-12" title={info?.description}>
                {name}
              </span>
              {!isReadOnly && (
                <IconButton
                  size="small"
                  label={`Remove ${name}`}
                  icon={<X size={13} />}
                  onClick={() => set(tools.filter((_, at) => at !== index))}
                />
              )}
            </div>
            <div className="flex items-center gap-2">
              <span className={`min-w-0 flex-1 truncate text-11 ${known !== null && info === undefined ? 'text-failed' : 'text-ink-2'}`}>
                {info === undefined ? (known === null ? '' : 'not here now') : effectWords[info.effect]}
              </span>
              <Select<Approval>
                label={`Whether ${name} asks first`}
                isLabelHidden
                className="w-32"
                disabled={isReadOnly}
                value={toApproval(tool.approval)}
                options={[
                  { value: 'default', label: info?.approval === 'always' ? 'Asks (default)' : 'Acts (default)' },
                  { value: 'always', label: 'Always asks' },
                  { value: 'never', label: 'Never asks' },
                ]}
                onChange={(approval) => set(tools.map((other, at) => (at === index ? withApproval(other, approval) : other)))}
              />
            </div>
          </div>
        );
      })}
      {!isReadOnly && (
        <SuggestField
          onOpen={() => void refreshCatalogue()}
          label={`Add to ${label.toLowerCase()}`}
          isLabelHidden
          placeholder="Add a tool"
          value={wanted}
          suggestions={toToolSuggestions(known).filter((entry) => !tools.some((tool) => tool.name === entry.value))}
          emptyText={
            known === null
              ? 'The host has not said which tools there are.'
              : 'All tools are in use. More come with tool servers, in the settings.'
          }
          isReadOnly={false}
          onChange={setWanted}
          onChoose={add}
        />
      )}
      {(problem ?? help) && <p className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>{problem ?? help}</p>}
    </fieldset>
  );
}

function toList(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((item): item is JsonObject => typeof item === 'object' && item !== null)
    : [];
}

function toApproval(value: JsonValue | undefined): Approval {
  return value === 'never' || value === 'always' ? value : 'default';
}

function withApproval({ approval: _before, ...tool }: JsonObject, approval: Approval): JsonObject {
  return approval === 'default' ? tool : { ...tool, approval };
}
