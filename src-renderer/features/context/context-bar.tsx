import type { Segment, SegmentKind } from '#shared/context/segments.ts';
import { kindColors, kindWords } from './segment-words.ts';

/** How much of the context each piece takes, as one bar; what the call before was sent too stands paler. */
export function ContextBar({ segments, onSelect }: { readonly segments: readonly Segment[]; readonly onSelect: (index: number) => void }) {
  const total = segments.reduce((sum, { estimatedTokens }) => sum + estimatedTokens, 0);
  const kinds = toKindTotals(segments);
  return (
    <div className="px-3 pb-1.5">
      <div aria-hidden className="flex h-3 w-full gap-px overflow-hidden rounded-sm bg-surface-3">
        {segments.map((segment, index) => (
          // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the list below has the same by keyboard.
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: the segments of a recorded request never change.
            key={index}
            title={`${kindWords[segment.kind]}, ≈ ${segment.estimatedTokens.toLocaleString()} tokens`}
            className={`h-full ${segment.isRepeated ? 'opacity-50' : ''}`}
            style={{ background: `var(--color-${kindColors[segment.kind]})`, flexGrow: Math.max(segment.estimatedTokens, total / 1000) }}
            onClick={() => onSelect(index)}
          />
        ))}
      </div>
      <ul aria-label="Share of each kind" className="mt-1 flex flex-wrap gap-x-3 text-11 text-ink-2">
        {kinds.map(([kind, tokens]) => (
          <li key={kind} className="tabular flex items-center gap-1.5">
            <span aria-hidden className="size-2 rounded-full" style={{ background: `var(--color-${kindColors[kind]})` }} />
            {kindWords[kind]} {total === 0 ? 0 : Math.round((tokens / total) * 100)} %
          </li>
        ))}
        {segments.some(({ isRepeated }) => isRepeated) && <li>paler: the call before was sent it too</li>}
      </ul>
    </div>
  );
}

function toKindTotals(segments: readonly Segment[]): readonly (readonly [SegmentKind, number])[] {
  const totals = new Map<SegmentKind, number>();
  for (const { kind, estimatedTokens } of segments) totals.set(kind, (totals.get(kind) ?? 0) + estimatedTokens);
  return [...totals].sort((a, b) => b[1] - a[1]);
}
