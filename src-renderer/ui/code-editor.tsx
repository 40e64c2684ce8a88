import Editor, { loader } from '@monaco-editor/react';
import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import 'monaco-editor/languages/definitions/javascript/register';
import { useEffect, useState } from 'react';

loader.config({ monaco: monaco as never });
self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

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

/** The editor's theme, made of the window's tokens again whenever the window changes its theme. */
function useEditorTheme(): string {
  const [theme, setTheme] = useState(defineTheme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(defineTheme()));
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

function defineTheme(): string {
  const isLight = document.documentElement.dataset.theme === 'light';
  const name = isLight ? 'heddle-light' : 'heddle-dark';
  const style = getComputedStyle(document.documentElement);
  const token = (color: string) => style.getPropertyValue(`--color-${color}`).trim();
  monaco.editor.defineTheme(name, {
    base: isLight ? 'vs' : 'vs-dark',
    inherit: true,
    rules: [
      { token: 'keyword', foreground: token('agent').slice(1) },
      { token: 'string', foreground: token('succeeded').slice(1) },
      { token: 'number', foreground: token('code').slice(1) },
      { token: 'comment', foreground: token('ink-3').slice(1) },
    ],
    colors: {
      'editor.background': token('canvas'),
      'editor.foreground': token('ink-1'),
      'editorLineNumber.foreground': token('ink-3'),
      'editorWidget.background': token('surface-2'),
      'editorWidget.border': token('line-strong'),
      'editorCursor.foreground': token('ink-1'),
    },
  });
  return name;
}
