import { formatDuration, formatExactTime } from './format.ts';
import { useNow } from './relative-time.tsx';

export interface CountdownProps {
  readonly dueAtMs: number;
  /** What is said when the time has come. */
  readonly over: string;
  readonly prefix?: string;
  readonly className?: string;
}

/** How long it is until a moment, counting down; the exact moment on hover. */
export function Countdown({ dueAtMs, over, prefix = 'in', className = '' }: CountdownProps) {
  const nowMs = useNow(1000);
  const leftMs = dueAtMs - nowMs;
  return (
    <span className={`tabular ${className}`} title={formatExactTime(dueAtMs)}>
      {leftMs <= 0 ? over : `${prefix} ${formatDuration(Math.ceil(leftMs / 1000) * 1000)}`.trim()}
    </span>
  );
}
