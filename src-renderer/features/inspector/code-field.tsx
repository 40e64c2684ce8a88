import { lazy, Suspense } from 'react';
import { TextArea } from '../../ui/text-field.tsx';
import type { FieldProps } from './field-props.ts';

const CodeEditor = lazy(() => import('./code-editor.tsx'));

/** Code in an editor that loads on first use; until then, and where it cannot load, in a plain text area. */
export function CodeField({ label, help, value, problem, isReadOnly, onChange, language }: FieldProps & { readonly language: string }) {
  const text = typeof value === 'string' ? value : '';
  const plain = (
    <TextArea
      label={label}
      isLabelHidden
      isMono
      style={{ height: 288 }}
      readOnly={isReadOnly}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
  return (
    <div className="flex flex-col gap-1">
      <span className="text-12 text-ink-2">{label}</span>
      <Suspense fallback={plain}>
        <CodeEditor label={label} language={language} value={text} isReadOnly={isReadOnly} onChange={onChange} />
      </Suspense>
      {(problem ?? help) && <p className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>{problem ?? help}</p>}
    </div>
  );
}
