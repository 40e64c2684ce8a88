import type { ReactNode } from 'react';
import type { JsonObject } from '#shared/base/json.ts';
import type { InspectorField } from '#shared/nodes/kind.ts';
import { listModelNames, refreshCatalogue, useCatalogue } from '../../state/catalogue.ts';
import { useSettings } from '../../state/settings.ts';
import { ExpressionBox } from '../../ui/expression-box.tsx';
import { NumberBox } from '../../ui/number-box.tsx';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { ArgumentsField } from './arguments-field.tsx';
import { CasesField } from './cases-field.tsx';
import { CodeField } from './code-field.tsx';
import { readConfig } from './config-value.ts';
import type { FieldProps } from './field-props.ts';
import { FieldsField } from './fields-field.tsx';
import { JsonBox } from './json-box.tsx';
import { SuggestField } from './suggest-field.tsx';
import { TemplatePreview } from './template-preview.tsx';
import { toToolSuggestions } from './tool-words.ts';
import { ToolsField } from './tools-field.tsx';
import { TryOut } from './try-out.tsx';
import { useNamesOf } from './use-names-of.ts';
import { WorkflowField } from './workflow-field.tsx';
import { WorkflowInputsField } from './workflow-inputs-field.tsx';

/** Draws one field as the kind describes it. A new type of field is a case here. */
export function FieldEditor({
  field,
  config,
  ...rest
}: { readonly field: InspectorField; readonly config: JsonObject } & Omit<FieldProps, 'label' | 'help' | 'value'>) {
  const names = useNamesOf(field, rest.node, rest.names);
  const props: FieldProps = { ...rest, names, label: field.label, help: field.help, value: readConfig(config, field.key) };
  const { value, problem, trial, isReadOnly, onChange, label, help } = props;
  const text = typeof value === 'string' ? value : '';
  switch (field.type) {
    case 'text':
      return (
        <TextField
          label={label}
          help={help}
          problem={problem}
          placeholder={field.placeholder}
          readOnly={isReadOnly}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'template':
      return (
        <Below note={<TemplatePreview source={text} trial={trial} />}>
          <ExpressionBox
            form="template"
            label={label}
            help={help}
            problem={problem}
            rows={field.rows}
            placeholder={field.placeholder}
            value={text}
            names={names}
            isReadOnly={isReadOnly}
            onChange={onChange}
          />
        </Below>
      );
    case 'expression':
      return (
        <Below note={<TryOut source={text} trial={trial} />}>
          <ExpressionBox
            form="expression"
            label={label}
            help={help}
            problem={problem}
            rows={2}
            placeholder={field.placeholder}
            value={text}
            names={names}
            isReadOnly={isReadOnly}
            onChange={onChange}
          />
        </Below>
      );
    case 'markdown':
      return (
        <TextArea
          label={label}
          help={help}
          problem={problem}
          style={{ minHeight: field.rows * 18 }}
          placeholder="Markdown"
          readOnly={isReadOnly}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'code':
      return <CodeField {...props} language={field.language} />;
    case 'number':
      return (
        <NumberBox
          label={label}
          help={help}
          problem={problem}
          unit={field.unit}
          min={field.min}
          max={field.max}
          step={field.step}
          value={typeof value === 'number' ? value : null}
          isReadOnly={isReadOnly}
          onChange={(number) => onChange(number ?? undefined)}
        />
      );
    case 'toggle':
      return (
        <Toggle label={label} {...(help === undefined ? {} : { help })} isOn={value === true} disabled={isReadOnly} onChange={onChange} />
      );
    case 'select':
      return (
        <Select
          label={label}
          {...(help === undefined ? {} : { help })}
          disabled={isReadOnly}
          value={typeof value === 'string' ? value : (field.options[0]?.value ?? '')}
          options={field.options}
          onChange={onChange}
        />
      );
    case 'model':
      return <ModelField {...props} />;
    case 'tool':
      return <ToolField {...props} />;
    case 'tools':
      return <ToolsField {...props} />;
    case 'arguments':
      return <ArgumentsField {...props} tool={String(readConfig(config, field.toolKey) ?? '')} />;
    case 'fields':
      return <FieldsField {...props} itemLabel={field.itemLabel} hasDefault={field.hasDefault} />;
    case 'cases':
      return <CasesField {...props} />;
    case 'workflow':
      return <WorkflowField {...props} />;
    case 'workflowInputs':
      return <WorkflowInputsField {...props} workflow={String(readConfig(config, field.workflowKey) ?? '')} />;
    case 'schema':
      return (
        <JsonBox
          label={label}
          help={help}
          problem={problem}
          placeholder={'{ "type": "object", "properties": { … } }'}
          value={typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null}
          isReadOnly={isReadOnly}
          onChange={(schema) => onChange(schema ?? undefined)}
        />
      );
  }
}

/** A field, and below it what comes of it. */
function Below({ note, children }: { readonly note: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      {children}
      {note}
    </div>
  );
}

function ModelField({ label, help, value, problem, isReadOnly, onChange }: FieldProps) {
  const providers = useCatalogue((store) => store.providers);
  const preferred = useSettings((store) => store.settings.defaultModel);
  return (
    <SuggestField
      onOpen={() => void refreshCatalogue()}
      label={label}
      help={help ?? 'Written provider/model. Any name can be typed.'}
      problem={problem}
      placeholder="provider/model"
      value={typeof value === 'string' ? value : ''}
      suggestions={listModelNames(providers).map((name) => ({ value: name, detail: name === preferred ? 'your default' : '' }))}
      emptyText="No provider offers models yet. Add one in the settings, or type a name."
      isReadOnly={isReadOnly}
      onChange={onChange}
    />
  );
}

function ToolField({ label, help, value, problem, isReadOnly, onChange }: FieldProps) {
  const tools = useCatalogue((store) => store.tools);
  return (
    <SuggestField
      onOpen={() => void refreshCatalogue()}
      label={label}
      help={help}
      problem={problem}
      placeholder="Choose a tool"
      value={typeof value === 'string' ? value : ''}
      suggestions={toToolSuggestions(tools)}
      emptyText="There are no tools yet. Tool servers are added in the settings."
      isReadOnly={isReadOnly}
      onChange={onChange}
    />
  );
}
