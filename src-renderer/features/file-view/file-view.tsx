import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatBytes } from '../../ui/format.ts';
import { CopyButton } from '../../ui/json-view.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Spinner } from '../../ui/spinner.tsx';

/** A file to read: Markdown drawn, anything else as it is. */
export function FileView({ path }: { readonly path: string }) {
  const isOnline = useIsOnline();
  const [form, setForm] = useState<'drawn' | 'text'>('drawn');
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['file', path],
    queryFn: () => getApi().workspace.readText({ path }),
    enabled: isOnline,
  });
  const refusal = error === null ? null : toCallError(error);
  if (refusal !== null && data === undefined) {
    return (
      <div className="p-6">
        <ErrorNote error={refusal} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (isPending || data === undefined) {
    return (
      <div className="flex h-full items-center justify-center">
        {isOnline ? (
          <Spinner label="Reading the file" />
        ) : (
          <EmptyState title="Not connected" text="The file is shown as soon as the host is back." />
        )}
      </div>
    );
  }
  const isMarkdown = /\.(md|markdown)$/i.test(path);
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-3">
        <span className="min-w-0 flex-1 truncate font-mono text-12 text-ink-2">{path}</span>
        {data.isTruncated && <span className="text-12 text-waiting">The beginning only</span>}
        <span className="tabular text-12 text-ink-2">{formatBytes(data.bytes)}</span>
        {isMarkdown && (
          <Segments
            label="Form of the file"
            value={form}
            options={[
              { value: 'drawn', label: 'Drawn' },
              { value: 'text', label: 'Text' },
            ]}
            onChange={setForm}
          />
        )}
        <CopyButton text={data.text} label="Copy text" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section aria-label={path} tabIndex={0} className="min-h-0 flex-1 overflow-auto p-4">
        {data.text === '' ? (
          <EmptyState title="The file is empty" />
        ) : isMarkdown && form === 'drawn' ? (
          <div className="max-w-180">
            <Markdown text={data.text} />
          </div>
        ) : (
          <pre className="font-mono text-12 leading-4.5 whitespace-pre-wrap">{data.text}</pre>
        )}
      </section>
    </div>
  );
}
