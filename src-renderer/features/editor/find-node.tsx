import { type KeyboardEvent, useId, useState } from 'react';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { findCanvas, fitNodes } from './canvas-handles.ts';
import { useCanvasUi } from './canvas-ui.ts';
import { toCards } from './card-model.ts';
import { type EditorTarget, select, toDocument } from './editor-actions.ts';
import { findCards } from './find-cards.ts';

/** Finds a node of this canvas by its name, id, kind or what it does, and goes there. */
export function FindNode({ target, canvas }: { readonly target: EditorTarget; readonly canvas: HTMLElement | null }) {
  const isOpen = useCanvasUi((store) => store.findIn === target.tabId);
  return isOpen ? <Search target={target} canvas={canvas} /> : null;
}

function Search({ target, canvas }: { readonly target: EditorTarget; readonly canvas: HTMLElement | null }) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const found = findCards(toCards(toDocument(target)), query);
  const index = Math.min(active, found.length - 1);
  const close = () => {
    useCanvasUi.setState({ findIn: null });
    canvas?.focus();
  };
  const goTo = (node: string) => {
    select(target, [node]);
    const handle = findCanvas(target.tabId);
    if (handle !== null) fitNodes(handle, [node]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter') {
      const card = found[index];
      if (card !== undefined) goTo(card.id);
      close();
    } else if (step !== undefined && found.length > 0) {
      const next = (index + step + found.length) % found.length;
      setActive(next);
      goTo((found[next] as (typeof found)[number]).id);
    } else return;
    event.preventDefault();
  };
  return (
    <div className="absolute top-3 left-3 z-30 w-72 max-w-[calc(100%-24px)] overflow-hidden rounded-lg border border-line-strong bg-surface-2 shadow-pop">
      <input
        // biome-ignore lint/a11y/noAutofocus: the search opens because the user asked for it.
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length === 0 ? undefined : `${id}-${index}`}
        aria-label="Find a node"
        placeholder="Find a node"
        className="h-9 w-full bg-transparent px-3 text-13 outline-none"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => useCanvasUi.setState({ findIn: null })}
      />
      <div id={`${id}-list`} role="listbox" aria-label="Nodes" className="max-h-60 overflow-y-auto border-t border-line p-1 empty:hidden">
        {found.map((card, at) => (
          <div
            key={card.id}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === index}
            tabIndex={-1}
            className={`is-row flex h-7 items-center gap-2 rounded-md px-2 ${at === index ? 'bg-surface-3' : ''}`}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              goTo(card.id);
              close();
            }}
            onKeyDown={onKeyDown}
          >
            <KindIcon kind={card.kind} size="small" />
            <span className="truncate text-13">{card.name}</span>
            <span className="min-w-0 flex-1 truncate text-12 text-ink-2">{card.summary}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="border-t border-line px-3 py-2 text-12 text-ink-2">No node is called so.</p>}
    </div>
  );
}
