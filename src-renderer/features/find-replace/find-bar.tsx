import { ArrowDown, ArrowUp, CaseSensitive, ChevronDown, ChevronRight, Regex, WholeWord, X } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { HeddleError } from '#shared/base/errors.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { findText, isReplaceable, type TextMatch, toReplaceEdit } from '#shared/workflow/find-text.ts';
import { keepTypingKeys } from '../../app/keyboard.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { revealNode } from '../../state/canvas-view.ts';
import { editDocument, findDocument } from '../../state/documents.ts';
import { setSelectedNodes } from '../../state/selection.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { useFindUi } from './find-ui.ts';
import { MatchList } from './match-list.tsx';

export interface FindBarProps {
  readonly path: string;
  readonly tabId: string;
  readonly document: WorkflowDocument;
  readonly isReadOnly: boolean;
}

/** Finds a text in the whole workflow, goes from place to place, and replaces it in one or in all of them. */
export function FindBar(props: FindBarProps) {
  const isOpen = useFindUi((store) => store.tabId === props.tabId);
  return isOpen ? <Bar {...props} /> : null;
}

const box = 'h-7 min-w-0 flex-1 rounded-md border border-line bg-canvas px-2 text-13 text-ink-1 focus:border-accent focus:outline-none';

function Bar({ path, tabId, document, isReadOnly }: FindBarProps) {
  const { query, replacement, matchCase, wholeWord, isPattern, isReplacing, calls } = useFindUi();
  const field = useRef<HTMLInputElement>(null);
  const searched = useDeferredValue(query);
  const found = useMemo(
    () => findText(document, { query: searched, matchCase, wholeWord, isPattern }),
    [document, searched, matchCase, wholeWord, isPattern],
  );
  const [active, setActive] = useState(-1);
  const { matches } = found;
  const index = Math.min(active, matches.length - 1);
  const canReplace = isReplacing && !isReadOnly;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each call asks anew.
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [calls]);

  const goTo = (next: number) => {
    const match = matches[next];
    if (match === undefined) return;
    setActive(next);
    show(path, tabId, document, match);
  };
  const step = (by: 1 | -1) => {
    if (matches.length > 0) goTo(index === -1 && by === -1 ? matches.length - 1 : (index + by + matches.length) % matches.length);
  };
  const replace = (chosen: readonly TextMatch[], label: string) => {
    try {
      editDocument(path, toReplaceEdit(document, chosen, replacement), label);
      return true;
    } catch (thrown) {
      if (thrown instanceof HeddleError && thrown.code === 'workflow.invalid') notifyDone(thrown.message);
      else notifyError(thrown);
      return false;
    }
  };
  const replaceOne = () => {
    const match = matches[index];
    if (match === undefined || !isReplaceable(match)) {
      step(1);
      return;
    }
    if (!replace([match], 'Replace')) return;
    const now = findDocument(path)?.document ?? document;
    const left = findText(now, { query, matchCase, wholeWord, isPattern }).matches;
    // What was put there may be found again; then it is passed over.
    const next = (left.length < matches.length ? index : index + 1) % Math.max(1, left.length);
    setActive(left.length === 0 ? -1 : next);
    const following = left[next];
    if (following !== undefined) show(path, tabId, now, following);
  };
  const replaceable = matches.filter(isReplaceable);
  const replaceAll = () => {
    if (replaceable.length > 0 && replace(replaceable, `Replace ${toPlacesWords(replaceable.length)}`))
      notifyDone(`Replaced in ${toPlacesWords(replaceable.length)}.`);
  };
  const close = () => {
    useFindUi.setState({ tabId: null });
    window.document.querySelector<HTMLElement>(`[data-canvas="${CSS.escape(tabId)}"]`)?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    keepTypingKeys(event);
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      if (event.target === field.current) step(event.shiftKey ? -1 : 1);
      else if (event.ctrlKey || event.metaKey) replaceAll();
      else replaceOne();
    } else if (event.key === 'ArrowDown' && event.target instanceof HTMLInputElement) step(1);
    else if (event.key === 'ArrowUp' && event.target instanceof HTMLInputElement) step(-1);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to all of React's types yet.
    <div
      role="search"
      aria-label="Find in the workflow"
      className="absolute top-3 left-3 z-30 flex max-h-[calc(100%-24px)] w-100 max-w-[calc(100%-24px)] flex-col overflow-hidden rounded-lg border border-line-strong bg-surface-2 shadow-pop"
      onKeyDown={onKeyDown}
    >
      <div className="flex items-center gap-1 p-1.5">
        {!isReadOnly && (
          <IconButton
            size="small"
            label={isReplacing ? 'Find only' : 'Replace too'}
            aria-expanded={isReplacing}
            icon={isReplacing ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
            onClick={() => useFindUi.setState({ isReplacing: !isReplacing })}
          />
        )}
        <input
          ref={field}
          aria-label="Find"
          placeholder="Find"
          className={box}
          value={query}
          aria-invalid={found.problem === null ? undefined : true}
          onChange={(event) => {
            useFindUi.setState({ query: event.target.value });
            setActive(-1);
          }}
        />
        <IconButton
          size="small"
          label="Match case"
          isPressed={matchCase}
          icon={<CaseSensitive size={15} />}
          onClick={() => useFindUi.setState({ matchCase: !matchCase })}
        />
        <IconButton
          size="small"
          label="Whole words"
          isPressed={wholeWord}
          icon={<WholeWord size={15} />}
          onClick={() => useFindUi.setState({ wholeWord: !wholeWord })}
        />
        <IconButton
          size="small"
          label="Regular expression"
          isPressed={isPattern}
          icon={<Regex size={14} />}
          onClick={() => useFindUi.setState({ isPattern: !isPattern })}
        />
        <IconButton
          size="small"
          label="Go to the one before"
          keys="Shift+Enter"
          icon={<ArrowUp size={14} />}
          disabled={matches.length === 0}
          onClick={() => step(-1)}
        />
        <IconButton
          size="small"
          label="Go to the next one"
          keys="Enter"
          icon={<ArrowDown size={14} />}
          disabled={matches.length === 0}
          onClick={() => step(1)}
        />
        <IconButton size="small" label="Close" keys="Escape" icon={<X size={14} />} onClick={close} />
      </div>
      {canReplace && (
        <div className="flex items-center gap-1.5 px-1.5 pb-1.5">
          <input
            aria-label="Replace with"
            placeholder="Replace with"
            className={box}
            value={replacement}
            onChange={(event) => useFindUi.setState({ replacement: event.target.value })}
          />
          <Button size="small" disabled={matches.length === 0} onClick={replaceOne}>
            Replace
          </Button>
          <Button size="small" disabled={replaceable.length === 0} onClick={replaceAll}>
            Replace all
          </Button>
        </div>
      )}
      <p role="status" className="border-t border-line px-2.5 py-1 text-12 text-ink-2 empty:hidden">
        {toStatus(query, found, index)}
      </p>
      {matches.length > 0 && <MatchList document={document} matches={matches} active={index} onChoose={goTo} />}
    </div>
  );
}

/** Selects where a text stands and brings it into view. */
function show(path: string, tabId: string, document: WorkflowDocument, { place }: TextMatch): void {
  const group = place.type === 'groupTitle' ? document.groups?.find(({ id }) => id === place.group) : undefined;
  if (place.node === null) return;
  setSelectedNodes(tabId, group?.nodes ?? [place.node]);
  revealNode(path, place.node);
}

function toStatus(query: string, { matches, isCut, problem }: ReturnType<typeof findText>, index: number): string {
  if (problem !== null) return `The pattern ${problem}.`;
  if (query === '') return '';
  if (matches.length === 0) return 'Found nowhere.';
  const nodes = new Set(matches.map(({ place }) => place.node)).size;
  const count = `${toPlacesWords(matches.length)}${isCut ? ' and more' : ''} in ${nodes === 1 ? 'one node' : `${nodes.toLocaleString()} nodes`}`;
  return index === -1 ? `${count}.` : `${(index + 1).toLocaleString()} of ${count}.`;
}

function toPlacesWords(count: number): string {
  return count === 1 ? 'one place' : `${count.toLocaleString()} places`;
}
