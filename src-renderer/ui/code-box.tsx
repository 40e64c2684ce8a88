import { lazy, Suspense } from 'react';
import { TextArea } from './text-field.tsx';

const CodeEditor = lazy(() => import('./code-editor.tsx'));

export interface CodeBoxProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly problem?: string | null | undefined;
  readonly language: string;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: string) => void;
}

/** Code in an editor that loads on first use; until then, and where it cannot load, in a plain text area. */
export function CodeBox({ label, help, problem, language, value, isReadOnly, onChange }: CodeBoxProps) {
  const plain = (
    <TextArea
      label={label}
      isLabelHidden
      isMono
      style={{ height: 288 }}
      readOnly={isReadOnly}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
  return (
    <div className="flex flex-col gap-1">
      <span className="text-12 text-ink-2">{label}</span>
      <Suspense fallback={plain}>
        <CodeEditor label={label} language={language} value={value} isReadOnly={isReadOnly} onChange={onChange} />
      </Suspense>
      {(problem ?? help) && <p className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`}>{problem ?? help}</p>}
    </div>
  );
}
