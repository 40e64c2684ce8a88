import type { ReactNode } from 'react';

const tones = {
  neutral: 'bg-surface-3 text-ink-2',
  accent: 'tint-accent text-accent',
  succeeded: 'tint-succeeded text-succeeded',
  failed: 'tint-failed text-failed',
  waiting: 'tint-waiting text-waiting',
} as const;

/** A word or count that qualifies what stands beside it. */
export function Badge({ tone = 'neutral', children }: { readonly tone?: keyof typeof tones; readonly children: ReactNode }) {
  return <span className={`tabular inline-flex h-4.5 shrink-0 items-center rounded-sm px-1.5 text-11 ${tones[tone]}`}>{children}</span>;
}
