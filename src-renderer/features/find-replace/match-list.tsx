import { useEffect, useMemo, useRef } from 'react';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { TextMatch } from '#shared/workflow/find-text.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';

export interface MatchListProps {
  readonly document: WorkflowDocument;
  readonly matches: readonly TextMatch[];
  /** The place that was gone to last; -1 for none. */
  readonly active: number;
  readonly onChoose: (index: number) => void;
}

/** More are reached by going on; a list of thousands helps nobody. */
const mostShown = 200;
/** So many characters before the match are shown. */
const before = 24;

/** The places where a text was found, below the nodes they belong to. */
export function MatchList({ document, matches, active, onChoose }: MatchListProps) {
  const list = useRef<HTMLUListElement>(null);
  const from = Math.max(0, Math.min(active - mostShown / 2, matches.length - mostShown));
  const groups = useMemo(() => toGroups(document, matches.slice(from, from + mostShown), from), [document, matches, from]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place has to be seen.
  useEffect(() => {
    list.current?.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <ul ref={list} aria-label="Places" className="min-h-0 overflow-y-auto border-t border-line p-1">
      {groups.map(({ node, name, kind, places }) => (
        <li key={`${node} ${places[0]?.index}`}>
          <p className="flex h-6.5 items-center gap-2 px-1.5 text-12 font-semibold">
            {kind !== null && <KindIcon kind={kind} size="small" />}
            <span className="truncate">{name}</span>
          </p>
          <ul>
            {places.map(({ match, index }) => (
              <li key={index}>
                <button
                  type="button"
                  tabIndex={-1}
                  aria-current={index === active}
                  className={`flex h-6 w-full items-center gap-2 rounded-md pr-2 pl-7 text-left text-12 hover:bg-surface-3 ${index === active ? 'bg-surface-3' : ''}`}
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => onChoose(index)}
                >
                  <span className="max-w-28 shrink-0 truncate text-ink-2">{match.label}</span>
                  <Excerpt match={match} />
                </button>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Excerpt({ match: { text, start, end } }: { readonly match: TextMatch }) {
  const from = Math.max(0, start - before);
  const oneLine = (part: string) => part.replace(/\s+/g, ' ');
  return (
    <span className="min-w-0 flex-1 truncate">
      {from > 0 && '…'}
      {oneLine(text.slice(from, start))}
      <mark className="rounded-sm bg-[color-mix(in_srgb,var(--color-accent)_35%,transparent)] text-ink-1">
        {oneLine(text.slice(start, end))}
      </mark>
      {oneLine(text.slice(end, end + 80))}
    </span>
  );
}

interface NodePlaces {
  readonly node: string | null;
  readonly name: string;
  readonly kind: string | null;
  readonly places: { readonly match: TextMatch; readonly index: number }[];
}

function toGroups(document: WorkflowDocument, matches: readonly TextMatch[], from: number): readonly NodePlaces[] {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const groups: NodePlaces[] = [];
  matches.forEach((match, at) => {
    const { node } = match.place;
    const last = groups.at(-1);
    const place = { match, index: from + at };
    if (last !== undefined && last.node === node) last.places.push(place);
    else {
      const owner = node === null ? undefined : byId.get(node);
      groups.push({ node, name: owner === undefined ? 'Groups' : owner.name || owner.id, kind: owner?.kind ?? null, places: [place] });
    }
  });
  return groups;
}
