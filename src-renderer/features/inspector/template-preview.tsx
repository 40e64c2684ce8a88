import { ChevronDown, ChevronRight } from 'lucide-react';
import { useDeferredValue, useId, useMemo } from 'react';
import { create } from 'zustand';
import { estimateTokens } from '#shared/context/estimate-tokens.ts';
import { type TriedPart, tryTemplate } from '#shared/workflow/try-out.ts';
import { formatEstimate } from '../../ui/format.ts';
import type { Trial } from './trial.ts';

/** Whether previews are open: for all of them, until the window is loaded again. */
const usePreviews = create<{ readonly areOpen: boolean }>()(() => ({ areOpen: true }));

/** Below a template: what it comes to with the values of the last run, what is missing for that, and about how many tokens it has. */
export function TemplatePreview({ source, trial }: { readonly source: string; readonly trial: Trial | null }) {
  const text = useDeferredValue(source);
  const parts = useMemo(() => tryTemplate(text, trial?.values ?? {}), [text, trial]);
  const areOpen = usePreviews((store) => store.areOpen);
  const id = useId();
  if (text.trim() === '') return null;
  const hasExpressions = parts.some(({ type }) => type !== 'text');
  const tokens = formatEstimate(estimateTokens(parts.map(toText).join('')), 'token');
  if (!hasExpressions || trial === null) {
    return (
      <p className="tabular text-12 text-ink-3">
        {tokens}
        {hasExpressions && ', without the values. Run it once to see them here.'}
      </p>
    );
  }
  const missing = [...new Set(parts.flatMap((part) => (part.type === 'missing' ? part.names : [])))];
  const Chevron = areOpen ? ChevronDown : ChevronRight;
  return (
    <div className="flex min-w-0 flex-col gap-1 text-12 text-ink-3">
      <button
        type="button"
        aria-expanded={areOpen}
        aria-controls={id}
        className="tabular -ml-0.5 flex min-h-5 items-center gap-0.5 self-start rounded-sm text-left hover:text-ink-1"
        onClick={() => usePreviews.setState({ areOpen: !areOpen })}
      >
        <Chevron size={13} aria-hidden className="shrink-0" />
        Preview with {trial.source}: {tokens}
      </button>
      {areOpen && (
        <section
          id={id}
          aria-label="Preview"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, and the keyboard must be able to.
          tabIndex={0}
          className="max-h-36 overflow-y-auto rounded-md border border-line bg-surface-2 px-2 py-1.5 whitespace-pre-wrap break-words text-ink-2"
        >
          {parts.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no identity but their place.
            <Part key={index} part={part} />
          ))}
        </section>
      )}
      {missing.length > 0 && <p>Nothing is known of {missing.join(', ')}.</p>}
    </div>
  );
}

function Part({ part }: { readonly part: TriedPart }) {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'value':
      return (
        <mark
          className="rounded-sm bg-transparent text-ink-1 underline decoration-line-strong decoration-dotted underline-offset-2"
          title={part.source}
        >
          {shorten(part.text)}
        </mark>
      );
    case 'missing':
      return <span className="text-ink-3">{`{{ ${part.source} }}`}</span>;
    case 'failed':
      return <span className="text-failed">[{part.message}]</span>;
  }
}

/** A value may be a whole file: what comes after this nobody reads in a preview. */
const mostCharacters = 4_000;

function shorten(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

function toText(part: TriedPart): string {
  return part.type === 'text' || part.type === 'value' ? part.text : '';
}
