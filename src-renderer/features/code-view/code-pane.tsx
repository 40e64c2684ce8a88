import { useEffect, useRef, useState } from 'react';
import type { CodeForm } from '#shared/workflow/code/code-form.ts';
import { useDocuments } from '../../state/documents.ts';
import { useInsights } from '../../state/insights.ts';
import { selectNodes, useSelection } from '../../state/selection.ts';
import { monaco, useEditorTheme } from '../../ui/monaco.ts';
import { type CodeEditorHandle, openCodeEditor } from './code-editor-handle.ts';
import { takeWantsFocus } from './code-layout.ts';
import type { CodeState } from './code-session.ts';
import './code-view.css';

export interface CodePaneProps {
  readonly path: string;
  readonly tabId: string;
  readonly form: CodeForm;
  readonly isReadOnly: boolean;
  readonly onState: (state: CodeState) => void;
  /** Gives what the header's buttons do. */
  readonly onHandle: (handle: Pick<CodeEditorHandle, 'discard' | 'focusProblem'> | null) => void;
}

/** The text of the workflow in the editor, in step with its canvas. Heavy: import it lazily. */
export default function CodePane({ path, tabId, form, isReadOnly, onState, onHandle }: CodePaneProps) {
  const element = useRef<HTMLDivElement>(null);
  const [handle, setHandle] = useState<CodeEditorHandle | null>(null);
  const theme = useEditorTheme();
  const problems = useInsights((store) => store.byPath[path]?.problems);
  const selected = useSelection((store) => selectNodes(store, tabId));
  const initialForm = useRef(form);

  useEffect(() => {
    if (element.current === null) return undefined;
    const opened = openCodeEditor(element.current, { path, tabId, form: initialForm.current, onState });
    setHandle(opened);
    onHandle(opened);
    const unsubscribe = useDocuments.subscribe(opened.documentChanged);
    if (takeWantsFocus()) opened.focus();
    return () => {
      unsubscribe();
      onHandle(null);
      setHandle(null);
      opened.close();
    };
  }, [path, tabId, onState, onHandle]);

  useEffect(() => handle?.switchTo(form), [handle, form]);
  useEffect(() => handle?.setReadOnly(isReadOnly), [handle, isReadOnly]);
  useEffect(() => handle?.showProblems(problems ?? []), [handle, problems]);
  useEffect(() => handle?.showSelected(selected), [handle, selected]);
  useEffect(() => monaco.editor.setTheme(theme), [theme]);
  return <div ref={element} className="h-full" data-code={path} />;
}
