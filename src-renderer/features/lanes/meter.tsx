export interface MeterProps {
  readonly label: string;
  readonly value: number;
  /** Null when there is no end to it. */
  readonly most: number | null;
}

/** How much of something is taken, as a bar; the words stand beside it. */
export function Meter({ label, value, most }: MeterProps) {
  const share = most === null || most === 0 ? 0 : Math.min(1, value / most);
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> in colours of their own.
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={most ?? Math.max(value, 1)}
      className="h-1 w-full overflow-hidden rounded-full bg-surface-3"
    >
      <div className={`h-full rounded-full ${share >= 1 ? 'bg-waiting' : 'bg-running'}`} style={{ width: `${share * 100}%` }} />
    </div>
  );
}
