import type { DiffPart } from '#shared/run/word-diff.ts';

/** A text with what was taken out struck through and what came in underlined; colour is not alone in saying so. */
export function DiffText({ diff }: { readonly diff: readonly DiffPart[] }) {
  return (
    <p className="max-h-60 overflow-y-auto rounded-md border border-line bg-canvas px-2 py-1 font-mono text-12 whitespace-pre-wrap">
      {diff.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a difference never change.
        <Part key={index} part={part} />
      ))}
    </p>
  );
}

function Part({ part: { type, text } }: { readonly part: DiffPart }) {
  if (type === 'removed') return <del className="text-failed">{text}</del>;
  if (type === 'added') return <ins className="text-succeeded">{text}</ins>;
  return <span>{text}</span>;
}
