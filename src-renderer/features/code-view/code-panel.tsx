import { TriangleAlert, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { CodeForm } from '#shared/workflow/code/code-form.ts';
import { keysOf, runCommand } from '../../app/commands.ts';
import { ErrorBoundary } from '../../app/error-boundary.tsx';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { useCodeLayout } from './code-layout.ts';
import type { CodePaneProps } from './code-pane.tsx';
import type { CodeState } from './code-session.ts';
import { toStatusWords } from './status-words.ts';

const CodePane = lazy(() => import('./code-pane.tsx'));

const forms: readonly { readonly value: CodeForm; readonly label: string }[] = [
  { value: 'yaml', label: 'YAML' },
  { value: 'ts', label: 'TypeScript' },
  { value: 'json', label: 'JSON' },
];

/** The workflow as code beside its canvas; nothing while it is closed. */
export function CodePanel({ path, tabId }: { readonly path: string; readonly tabId: string }) {
  const { isOpen, form, width } = useCodeLayout();
  if (!isOpen) return null;
  return (
    <>
      <Splitter
        label="Width of the code"
        sizes="after"
        orientation="vertical"
        size={width}
        min={280}
        max={1200}
        onResize={(next) => useCodeLayout.setState({ width: next })}
        onReset={() => useCodeLayout.setState({ width: 480 })}
      />
      <section aria-label="Code" className="flex h-full max-w-[65%] shrink-0 flex-col bg-canvas" style={{ width }}>
        <Code key={path} path={path} tabId={tabId} form={form} />
      </section>
    </>
  );
}

function Code({ path, tabId, form }: { readonly path: string; readonly tabId: string; readonly form: CodeForm }) {
  const [state, setState] = useState<CodeState | null>(null);
  const [handle, setHandle] = useState<Parameters<CodePaneProps['onHandle']>[0]>(null);
  const isReadOnly = useConnection((store) => store.host?.isReadOnly ?? false);
  const isOnline = useIsOnline();
  const words = toStatusWords(state, isOnline);
  return (
    <>
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-2 py-1.5">
        <Segments label="Form of the code" value={form} options={forms} onChange={(next) => useCodeLayout.setState({ form: next })} />
        <span className="flex-1" />
        <IconButton
          size="small"
          label="Close the code"
          keys={keysOf('view.code')}
          icon={<X size={15} />}
          onClick={() => runCommand('view.code')}
        />
      </header>
      <div role="status" className="contents">
        {words !== null && (
          <div className="flex items-start gap-2 border-b border-line bg-surface-2 px-3 py-2 text-12">
            {words.isProblem && <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0 text-failed" />}
            <p className="min-w-0 flex-1 break-words text-ink-2">
              <span className={words.isProblem ? 'font-semibold text-ink-1' : ''}>{words.title}</span> {words.text}
            </p>
            {words.isProblem && (
              <span className="flex shrink-0 gap-1">
                <Button size="small" onClick={() => handle?.focusProblem()}>
                  Go there
                </Button>
                <Button size="small" onClick={() => handle?.discard()}>
                  Discard
                </Button>
              </span>
            )}
          </div>
        )}
      </div>
      <div className="min-h-0 flex-1">
        <ErrorBoundary>
          <Suspense
            fallback={
              <div className="flex h-full items-center justify-center">
                <Spinner label="Opening the code" />
              </div>
            }
          >
            <CodePane path={path} tabId={tabId} form={form} isReadOnly={isReadOnly} onState={setState} onHandle={setHandle} />
          </Suspense>
        </ErrorBoundary>
      </div>
    </>
  );
}
