import type { JsonValue } from '#shared/base/json.ts';
import type { TriedExpression } from '#shared/workflow/try-out.ts';

/** What an expression came to when it was tried, on a line of its own below it. */
export function TriedValue({ tried, source }: { readonly tried: TriedExpression; readonly source: string }) {
  switch (tried.type) {
    case 'value':
      return (
        <p className="flex min-w-0 items-baseline gap-1.5 text-12 text-ink-3" aria-live="polite">
          <span className={`min-w-0 truncate font-mono ${toneOf(tried.value)}`} title={toText(tried.value)}>
            {toText(tried.value)}
          </span>
          <span className="shrink-0">with {source}</span>
        </p>
      );
    case 'missing':
      return (
        <p className="text-12 text-ink-3" aria-live="polite">
          With {source}: nothing is known of {tried.names.join(', ')}.
        </p>
      );
    case 'failed':
      return (
        <p className="text-12 text-waiting" aria-live="polite">
          With {source}: {tried.message}
        </p>
      );
  }
}

const mostCharacters = 300;

function toText(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

function toneOf(value: JsonValue): string {
  return value === true ? 'text-succeeded' : value === false ? 'text-failed' : 'text-ink-1';
}
