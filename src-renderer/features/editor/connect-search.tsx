import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { useCanvasUi } from './canvas-ui.ts';
import { type ConnectionChoice, listConnectionChoices } from './connection-choices.ts';
import { connect, type EditorTarget } from './editor-actions.ts';
import { insertTransform } from './node-actions.ts';

/** Connects the selected node by typing where to: what fits first, and of the rest why it does not. */
export function ConnectSearch({
  target,
  document,
  canvas,
}: {
  readonly target: EditorTarget;
  readonly document: WorkflowDocument;
  readonly canvas: HTMLElement | null;
}) {
  const node = useCanvasUi((store) => (store.connecting?.tabId === target.tabId ? store.connecting.node : null));
  return node === null ? null : <Search target={target} document={document} canvas={canvas} node={node} />;
}

interface SearchProps {
  readonly target: EditorTarget;
  readonly document: WorkflowDocument;
  readonly canvas: HTMLElement | null;
  readonly node: string;
}

function Search({ target, document, canvas, node }: SearchProps) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const choices = listConnectionChoices(document, node, query);
  const index = Math.min(active, choices.length - 1);
  const name = document.nodes.find((candidate) => candidate.id === node)?.name || node;
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' });
  }, [index]);
  const close = () => {
    useCanvasUi.setState({ connecting: null });
    canvas?.focus({ preventScroll: true });
  };
  const choose = ({ from, to, verdict, transform }: ConnectionChoice) => {
    if (verdict.verdict === 'refused' && transform === null) return;
    close();
    if (transform !== null) insertTransform(target, from, to, transform);
    else connect(target, { from, to }, null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const choice = choices[index];
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && choice !== undefined) choose(choice);
    else if (step !== undefined) setActive((index + step + choices.length) % Math.max(1, choices.length));
    else return;
    event.preventDefault();
  };
  return (
    <div className="absolute top-3 left-3 z-30 w-88 max-w-[calc(100%-24px)] overflow-hidden rounded-lg border border-line-strong bg-surface-2 shadow-pop">
      <input
        // biome-ignore lint/a11y/noAutofocus: the search opens because the user asked for it.
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={choices.length === 0 ? undefined : `${id}-${index}`}
        aria-label={`Connect ${name} to`}
        placeholder={`Connect ${name} to`}
        className="h-9 w-full bg-transparent px-3 text-13 outline-none"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => useCanvasUi.setState({ connecting: null })}
      />
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="Connections"
        className="max-h-72 overflow-y-auto border-t border-line p-1 empty:hidden"
      >
        {choices.map((choice, at) => (
          <div
            key={`${choice.from.port} ${choice.to.node} ${choice.to.port}`}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === index}
            aria-disabled={choice.verdict.verdict === 'refused' && choice.transform === null}
            tabIndex={-1}
            className={`is-row flex flex-col rounded-md px-2 py-1 ${at === index ? 'bg-surface-3' : ''}`}
            onPointerMove={() => setActive(at)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(choice)}
            onKeyDown={onKeyDown}
          >
            <span className="truncate text-13">{choice.words}</span>
            <span className="text-12 text-ink-2">{toVerdictWords(choice)}</span>
          </div>
        ))}
      </div>
      {choices.length === 0 && <p className="border-t border-line px-3 py-2 text-12 text-ink-2">Nothing of that name has an input.</p>}
    </div>
  );
}

function toVerdictWords({ verdict, transform }: ConnectionChoice): string {
  if (verdict.verdict === 'fits') return 'fits';
  if (verdict.verdict === 'maybe') return `may fit: ${verdict.reason}`;
  return transform === null ? `does not fit: ${verdict.reason}` : `through a transform that ${transform.words}`;
}
