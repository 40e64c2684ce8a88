import { useEffect, useMemo, useRef, useState } from 'react';
import { findKind } from '#shared/nodes/registry.ts';
import { toAddress } from '#shared/run/frame.ts';
import { findGraph } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { toKnownScope, toPlaceWords, toScopeWords } from '../../state/scope-words.ts';
import { selectScope, useSelection } from '../../state/selection.ts';
import { useShownRun } from '../../state/use-shown-run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatExactTime } from '../../ui/format.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Select } from '../../ui/select.tsx';
import { type ConsoleEntry, toConsoleEntries } from './console-lines.ts';
import { isWithin } from './event-words.ts';
import { findNodeDocument } from './frame-rows.ts';

/** Entries drawn at once; older ones come on demand. */
const pageSize = 200;
/** Characters of one entry drawn at once: a model that never ends must not freeze the page. */
const mostCharacters = 20_000;

const tones: Readonly<Record<ConsoleEntry['kind'], string>> = {
  model: 'text-ink-1',
  live: 'text-ink-1',
  tool: 'text-ink-1',
  debug: 'text-ink-3',
  info: 'text-ink-2',
  warn: 'text-waiting',
  error: 'text-failed',
};

/** What models say and nodes write, as it comes. */
export function ConsolePanel({ runKey }: { readonly runKey: string }) {
  const shown = useShownRun(runKey);
  /** An address or scope path that the console is narrowed to. */
  const [within, setWithin] = useState('');
  const [pages, setPages] = useState(1);
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const events = shown?.run.events;
  const seq = shown?.seq ?? 0;
  const liveText = shown?.isAtHead ? shown.run.liveText : undefined;
  const scope = useSelection((store) => selectScope(store, runKey));
  const entries = useMemo(
    () => toConsoleEntries(events ?? [], seq, liveText ?? {}).filter((entry) => isWithin(entry.node, within)),
    [events, seq, liveText, within],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: new entries are what moves the end.
  useEffect(() => {
    if (isAtEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [entries]);

  if (shown === null) return <EmptyState isCompact title="Nothing said yet" text="What models say and nodes write appears here." />;
  const { state } = shown;
  const options = toPlaces(state, toKnownScope(state, scope));
  const first = Math.max(0, entries.length - pages * pageSize);
  return (
    <div className="flex h-full flex-col">
      <div className="px-2 pb-1.5">
        <Select
          label="Node"
          isLabelHidden
          className="w-48"
          value={within}
          options={
            options.some(({ value }) => value === within) ? options : [...options, { value: within, label: toPlaceWords(state, within) }]
          }
          onChange={setWithin}
        />
      </div>
      <div
        ref={scroller}
        role="log"
        aria-label="Console"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-3 pb-3"
        onScroll={(event) => {
          const view = event.currentTarget;
          isAtEnd.current = view.scrollHeight - view.scrollTop - view.clientHeight < 24;
        }}
      >
        {first > 0 && (
          <button type="button" className="mb-2 text-12 text-accent hover:underline" onClick={() => setPages(pages + 1)}>
            Show {Math.min(pageSize, first).toLocaleString()} older
          </button>
        )}
        {entries.length === 0 && <p className="text-12 text-ink-2">Nothing has been said or written up to this event.</p>}
        {entries.slice(first).map((entry) => {
          const document = findNodeDocument(state, entry.node);
          return (
            <article key={entry.key} className="flex gap-2 border-t border-line py-1.5 first:border-t-0">
              <span
                className="flex w-36 shrink-0 items-start gap-1.5 text-12 text-ink-2"
                title={Number.isFinite(entry.atMs) ? formatExactTime(entry.atMs) : 'now'}
              >
                <KindIcon kind={document?.kind ?? ''} size="small" />
                <span className="truncate">{toPlaceWords(state, entry.node)}</span>
              </span>
              <pre className={`min-w-0 flex-1 font-mono text-12 leading-4.5 break-words whitespace-pre-wrap ${tones[entry.kind]}`}>
                {entry.text.length > mostCharacters ? `… ${entry.text.slice(-mostCharacters)}` : entry.text}
                {entry.kind === 'live' && (
                  <span aria-hidden className="ml-0.5 inline-block h-3.5 w-1.5 animate-pulse bg-running align-text-bottom" />
                )}
              </pre>
            </article>
          );
        })}
      </div>
    </div>
  );
}

/** What the console can be narrowed to: the scope that is shown, and the nodes of its graph. */
function toPlaces(state: RunState, scope: string): readonly { readonly value: string; readonly label: string }[] {
  const nodes = findGraph(state, scope)?.workflow.nodes.filter(({ kind }) => findKind(kind)?.isExecutable !== false) ?? [];
  return [
    { value: '', label: 'All nodes' },
    ...(scope === '' ? [] : [{ value: scope, label: toScopeWords(state, scope) }]),
    ...nodes.map(({ id, name }) => ({ value: toAddress(scope, id), label: name || id })),
  ];
}
