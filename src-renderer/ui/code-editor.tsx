import Editor from '@monaco-editor/react';
import { useEditorTheme } from './monaco.ts';

export interface CodeEditorProps {
  readonly label: string;
  readonly language: string;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: string) => void;
}

/** The code editor in our colours. Heavy: import it lazily. */
export default function CodeEditor({ label, language, value, isReadOnly, onChange }: CodeEditorProps) {
  const theme = useEditorTheme();
  return (
    <div className="h-72 overflow-hidden rounded-md border border-line focus-within:border-accent">
      <Editor
        language={language}
        theme={theme}
        value={value}
        onChange={(next) => onChange(next ?? '')}
        options={{
          ariaLabel: label,
          readOnly: isReadOnly,
          fontFamily: 'JetBrains Mono Variable',
          fontSize: 12,
          lineHeight: 18,
          lineNumbersMinChars: 3,
          minimap: { enabled: false },
          scrollBeyondLastLine: false,
          tabSize: 2,
          wordWrap: 'on',
          folding: false,
          padding: { top: 6, bottom: 6 },
          renderLineHighlight: 'none',
          overviewRulerLanes: 0,
          automaticLayout: true,
          // Tab leaves the field, as everywhere else in the window; Ctrl+M lets it indent.
          tabFocusMode: true,
          fixedOverflowWidgets: true,
        }}
      />
    </div>
  );
}
