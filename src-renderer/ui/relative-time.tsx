import { useEffect, useState } from 'react';
import { formatExactTime, formatRelativeTime } from './format.ts';

/** A moment as how long ago, kept fresh; the exact time on hover. */
export function RelativeTime({ atMs, className = '' }: { readonly atMs: number; readonly className?: string }) {
  const nowMs = useNow(10_000);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatExactTime(atMs)} className={className}>
      {formatRelativeTime(atMs, nowMs)}
    </time>
  );
}

/** The time, renewed every `everyMs`; `null` stands still. */
export function useNow(everyMs: number | null): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return undefined;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
