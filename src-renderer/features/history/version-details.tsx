import { Pin, RotateCcw, Tag, X } from 'lucide-react';
import type { VersionEntry } from '#shared/contract/histories.ts';
import type { DocumentDifference, FieldChange } from '#shared/history/diff-documents.ts';
import { diffWords } from '#shared/run/word-diff.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyError } from '../../app/notify.ts';
import { type Comparison, chooseComparedNode, useCompared, useComparison } from '../../state/comparison.ts';
import { Button } from '../../ui/button.tsx';
import { DiffText } from '../../ui/diff-text.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { type Against, chooseVersion, leaveHistory, markVersion, restoreVersion, toVersionTitle, useHistory } from './history-state.ts';
import { changeWords, toFieldName, toText } from './history-words.ts';

export interface VersionDetailsProps {
  readonly path: string;
  readonly entry: VersionEntry;
  /** The version before it. */
  readonly previous: number;
  readonly isReadOnly: boolean;
}

/** One version: what to do with it, and where it differs. */
export function VersionDetails({ path, entry, previous, isReadOnly }: VersionDetailsProps) {
  const comparison = useComparison((store) => store.byPath[path]);
  const against = useHistory((store) => store.against);
  const marked = useHistory((store) => store.marked[path]);
  const options: { value: Against; label: string }[] = [
    ...(entry.what === 'begun' ? [] : [{ value: 'before' as const, label: 'What it changed' }]),
    { value: 'now', label: 'Against now' },
    ...(marked === undefined || marked.seq === entry.seq ? [] : [{ value: 'marked' as const, label: `Against ${toVersionTitle(marked)}` }]),
  ];
  return (
    <div className="flex h-full flex-col">
      <div className="flex max-h-1/2 shrink-0 flex-wrap items-center gap-1.5 overflow-y-auto border-b border-line px-3 pb-1.5">
        <Segments label="Compare" value={against} options={options} onChange={(value) => chooseVersion(path, entry, previous, value)} />
        {!isReadOnly && (
          <>
            <Button size="small" icon={<RotateCcw size={13} />} onClick={() => void restoreVersion(path, entry).catch(notifyError)}>
              Restore this version
            </Button>
            <IconButton
              size="small"
              label={entry.name === null ? 'Name this version' : 'Change its name'}
              icon={<Tag size={14} />}
              onClick={() => useHistory.setState({ naming: { path, seq: entry.seq, name: entry.name ?? '' } })}
            />
          </>
        )}
        <IconButton size="small" label="Compare others with it" icon={<Pin size={14} />} onClick={() => markVersion(path, entry)} />
        <IconButton size="small" label="Close this version" icon={<X size={14} />} onClick={() => leaveHistory(path)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section aria-label="Differences" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto px-3 py-2">
        {entry.conflicts.length > 0 && (
          <p className="mb-2 text-12 text-waiting">Both sides had changed: {entry.conflicts.join('; ')}. The file’s version was taken.</p>
        )}
        {comparison !== undefined && <Differences path={path} comparison={comparison} />}
      </section>
    </div>
  );
}

/** More are only counted: nobody reads them one by one. */
const mostShown = 200;

function Differences({ path, comparison }: { readonly path: string; readonly comparison: Comparison }) {
  const { compared, error } = useCompared(path, comparison);
  if (error !== null) return <ErrorNote error={error} isCompact />;
  if (compared === null) return <Spinner label="Comparing the versions" />;
  const { nodes, edges, details } = compared.difference;
  if (nodes.length + edges.length + details.length === 0) return <p className="text-12 text-ink-2">The two versions are the same.</p>;
  return (
    <ul className="flex flex-col gap-2 text-12">
      {details.length > 0 && (
        <li>
          <span className="font-semibold">The workflow</span>
          <Fields fields={details} />
        </li>
      )}
      {nodes.slice(0, mostShown).map((node) => (
        <li key={`${node.change} ${node.id}`}>
          <NodeLine node={node} />
          <Fields fields={node.fields} />
        </li>
      ))}
      {edges.slice(0, mostShown).map(({ id, change }) => (
        <li key={`${change} ${id}`} className="text-ink-2">
          Edge {id} <span className="text-ink-1">{change}</span>
        </li>
      ))}
      {Math.max(nodes.length, edges.length) > mostShown && <li className="text-ink-2">and more, which the canvas shows</li>}
    </ul>
  );
}

function NodeLine({ node }: { readonly node: DocumentDifference['nodes'][number] }) {
  const isChosen = useComparison((store) => store.chosen === node.id);
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      className={`rounded-sm text-left hover:text-accent ${isChosen ? 'text-accent' : 'text-ink-1'}`}
      onClick={() => chooseComparedNode(isChosen ? null : node.id)}
    >
      <span className="font-semibold">{node.name}</span> {changeWords[node.change]}
    </button>
  );
}

function Fields({ fields }: { readonly fields: readonly FieldChange[] }) {
  if (fields.length === 0) return null;
  return (
    <dl className="mt-1 flex flex-col gap-1 pl-3">
      {fields.map((field) => (
        <div key={field.path}>
          <dt className="text-11 text-ink-2">{toFieldName(field)}</dt>
          <dd>
            <DiffText diff={diffWords(toText(field.before), toText(field.after))} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
