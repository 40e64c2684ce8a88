import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { NodeKind } from '#shared/nodes/kind.ts';
import { KeyHint } from '../../ui/key-hint.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { type KindChoice, type OpenEnd, rankKinds } from './quick-add-ranking.ts';

export interface KindSearchProps {
  readonly end: OpenEnd | null;
  /** Kinds that it gives no to are left out. */
  readonly isOffered?: (kind: NodeKind) => boolean;
  readonly onChoose: (choice: KindChoice) => void;
  readonly onClose: () => void;
}

/** A search field over the kinds it finds: type, arrows, Enter. */
export function KindSearch({ end, isOffered = () => true, onChoose, onClose }: KindSearchProps) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const choices = rankKinds(query, end).filter(({ kind }) => isOffered(kind));
  const index = Math.min(active, choices.length - 1);

  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' });
  }, [index]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((index + step + choices.length) % Math.max(1, choices.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const choice = choices[index];
      if (choice !== undefined) onChoose(choice);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      onClose();
    }
    event.stopPropagation();
  };

  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the search opens because the user asked to type a kind.
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={choices.length === 0 ? undefined : `${id}-${index}`}
        aria-label={end === null ? 'Search kinds of nodes' : 'Search kinds that can be connected'}
        placeholder={end === null ? 'Search kinds' : 'Search kinds that fit'}
        className="h-9 w-full border-b border-line bg-transparent px-3 text-13 outline-none"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Kinds" className="max-h-84 overflow-y-auto p-1">
        {choices.map((choice, at) => (
          <div
            key={choice.kind.kind}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === index}
            tabIndex={-1}
            className={`is-row flex items-start gap-2 rounded-md px-2 py-1.5 ${at === index ? 'bg-surface-3' : ''}`}
            onPointerMove={() => setActive(at)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(choice)}
            onKeyDown={onKeyDown}
          >
            <KindIcon kind={choice.kind.kind} />
            <span className="min-w-0 flex-1">
              <span className="block text-13 leading-5.5">{choice.kind.title}</span>
              <span className="block truncate text-12 text-ink-2" title={choice.kind.description}>
                {choice.verdict === 'maybe' ? 'May fit; checked when it runs.' : choice.kind.description}
              </span>
            </span>
            <KeyHint keys={choice.kind.shortcut} className="mt-0.5" />
          </div>
        ))}
      </div>
      {choices.length === 0 && (
        <p className="px-3 pb-3 text-12 text-ink-2">
          {end === null ? 'No kind of that name can be put here.' : 'No kind of that name can be connected here.'}
        </p>
      )}
    </>
  );
}
