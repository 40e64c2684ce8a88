import { loader } from '@monaco-editor/react';
import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import 'monaco-editor/languages/definitions/javascript/register';
import { useEffect, useState } from 'react';

loader.config({ monaco: monaco as never });

const workers = new Map<string, () => Worker>();
self.MonacoEnvironment = { getWorker: (_id, label) => (workers.get(label) ?? (() => new EditorWorker()))() };

/** Gives a language the worker that checks and completes it; loaded when a text of the language is first shown. */
export function registerWorker(language: string, create: () => Worker): void {
  workers.set(language, create);
}

/** The editor library, in parts that are loaded lazily only. */
export { monaco };

/** The editor's theme, made of the window's tokens again whenever the window changes its theme. */
export function useEditorTheme(): string {
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
      ...['keyword', 'keyword.json'].map((name) => ({ token: name, foreground: token('agent').slice(1) })),
      ...['string', 'string.yaml', 'string.value.json'].map((name) => ({ token: name, foreground: token('succeeded').slice(1) })),
      ...['number', 'number.json', 'number.yaml'].map((name) => ({ token: name, foreground: token('code').slice(1) })),
      ...['type.yaml', 'string.key.json'].map((name) => ({ token: name, foreground: token('accent').slice(1) })),
      ...['comment', 'comment.line.json', 'comment.block.json'].map((name) => ({ token: name, foreground: token('ink-3').slice(1) })),
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
