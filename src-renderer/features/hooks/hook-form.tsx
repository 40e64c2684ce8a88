import { useEffect, useState } from 'react';
import type { HookDeclaration, WorkflowDocument } from '#shared/workflow/document.ts';
import type { Problem } from '#shared/workflow/problem.ts';
import { CodeBox } from '../../ui/code-box.tsx';
import type { ExpressionName } from '../../ui/completion.ts';
import { ExpressionBox } from '../../ui/expression-box.tsx';
import { NumberBox } from '../../ui/number-box.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { findNameProblem, type HookChange, problemsOfHook } from './hook-edits.ts';
import { HookNodes } from './hook-nodes.tsx';
import { HookTryOut } from './hook-try-out.tsx';
import { isAboutRun, pointOptions, pointWords } from './point-words.ts';

export interface HookFormProps {
  readonly path: string;
  readonly document: WorkflowDocument;
  readonly hook: HookDeclaration;
  readonly index: number;
  readonly problems: readonly Problem[];
  readonly isReadOnly: boolean;
  readonly onChange: (change: HookChange) => void;
}

const names: readonly ExpressionName[] = [
  { path: 'value', detail: 'what it is asked about' },
  { path: 'point', detail: 'when it is asked' },
  { path: 'node.id', detail: 'the node’s name in expressions' },
  { path: 'node.kind', detail: 'the node’s kind' },
  { path: 'node.name', detail: 'the node’s name' },
  { path: 'run.id', detail: 'the run' },
  { path: 'run.inputs', detail: 'the inputs of the run' },
];

/** Everything about one hook. */
export function HookForm({ path, document, hook, index, problems, isReadOnly, onChange }: HookFormProps) {
  const words = pointWords[hook.point];
  const problemOf = (field: string) => problemsOfHook(problems, index, field)[0]?.message ?? null;
  return (
    <>
      <NameField hooks={document.hooks ?? []} index={index} isReadOnly={isReadOnly} onChange={(id) => onChange({ id })} />
      <Select
        label="When"
        help={words.sentence}
        disabled={isReadOnly}
        value={hook.point}
        options={pointOptions}
        onChange={(point) => onChange({ point })}
      />
      {!isAboutRun(hook.point) && (
        <div data-field="nodes">
          <HookNodes
            document={document}
            chosen={hook.nodes ?? []}
            problem={problemOf('nodes')}
            isReadOnly={isReadOnly}
            onChange={(nodes) => onChange({ nodes })}
          />
        </div>
      )}
      <div data-field="when">
        <ExpressionBox
          label="Only when"
          help="Left empty, it is asked each time."
          form="expression"
          rows={1}
          placeholder="node.kind == &quot;agent&quot;"
          names={names}
          problem={problemOf('when')}
          value={hook.when ?? ''}
          isReadOnly={isReadOnly}
          onChange={(when) => onChange({ when: when.trim() === '' ? undefined : when })}
        />
        <HookTryOut source={hook.when ?? ''} hook={hook} path={path} />
      </div>
      <Select<HookDeclaration['action']['type']>
        label="Says"
        disabled={isReadOnly}
        value={hook.action.type}
        options={[
          { value: 'expression', label: 'by an expression' },
          { value: 'code', label: 'by JavaScript in the sandbox' },
        ]}
        onChange={(type) =>
          type !== hook.action.type &&
          onChange({ action: type === 'expression' ? { type, expression: 'null' } : { type, source: 'return null;\n' } })
        }
      />
      <div data-field="action">
        {hook.action.type === 'expression' ? (
          <>
            <ExpressionBox
              label="Expression"
              form="expression"
              rows={3}
              names={names}
              problem={problemOf('action')}
              value={hook.action.expression}
              isReadOnly={isReadOnly}
              onChange={(expression) => onChange({ action: { type: 'expression', expression } })}
            />
            <HookTryOut source={hook.action.expression} hook={hook} path={path} />
          </>
        ) : (
          <CodeBox
            label="Code"
            language="javascript"
            problem={problemOf('action')}
            value={hook.action.source}
            isReadOnly={isReadOnly}
            onChange={(source) => onChange({ action: { type: 'code', source } })}
          />
        )}
      </div>
      <p className="text-12 text-ink-2">
        Give <code className="font-mono text-11">null</code> to let it be, <code className="font-mono text-11">{'{"change": …}'}</code> with{' '}
        {words.change}, or <code className="font-mono text-11">{'{"veto": "why"}'}</code> to refuse.
      </p>
      <div className="grid grid-cols-2 gap-x-3 gap-y-2.5">
        <NumberBox
          label="Time limit"
          unit="s"
          min={0.001}
          max={600}
          placeholder="5"
          value={hook.timeoutMs === undefined ? null : hook.timeoutMs / 1_000}
          isReadOnly={isReadOnly}
          onChange={(value) => onChange({ timeoutMs: value === null ? undefined : Math.round(value * 1_000) })}
        />
        <NumberBox
          label="Order"
          help="Lower is asked first."
          placeholder="0"
          value={hook.order ?? null}
          isReadOnly={isReadOnly}
          onChange={(value) => onChange({ order: value === null ? undefined : Math.round(value) })}
        />
      </div>
      <Select<'fail' | 'ignore'>
        label="When the hook itself fails"
        disabled={isReadOnly}
        value={hook.onFailure ?? 'fail'}
        options={[
          { value: 'fail', label: 'Refuse what it was asked about' },
          { value: 'ignore', label: 'Go on without it' },
        ]}
        onChange={(value) => onChange({ onFailure: value === 'fail' ? undefined : value })}
      />
      <Toggle
        label="Is asked"
        isOn={hook.disabled !== true}
        disabled={isReadOnly}
        onChange={(isOn) => onChange({ disabled: isOn ? undefined : true })}
      />
    </>
  );
}

interface NameFieldProps {
  readonly hooks: readonly HookDeclaration[];
  readonly index: number;
  readonly isReadOnly: boolean;
  readonly onChange: (id: string) => void;
}

/** The name, taken over when the field is left or Enter pressed; one that cannot be goes back. */
function NameField({ hooks, index, isReadOnly, onChange }: NameFieldProps) {
  const id = hooks[index]?.id ?? '';
  const [text, setText] = useState(id);
  useEffect(() => setText(id), [id]);
  // Two hooks of one name may come from a file; then the problem stands here as well.
  const problem = findNameProblem(hooks, index, text);
  const commit = () => {
    if (text === id) return;
    if (problem === null) onChange(text);
    else setText(id);
  };
  return (
    <div data-field="id">
      <TextField
        label="Name"
        isMono
        readOnly={isReadOnly}
        value={text}
        problem={problem}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setText(id);
        }}
      />
    </div>
  );
}
