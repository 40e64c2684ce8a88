import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';

export interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

/** A switch between a few views of the same thing, all of them visible. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== '' && onChange(next as Value)}
      className="inline-flex h-7 shrink-0 items-center gap-0.5 rounded-md border border-line bg-surface-3 p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="h-full rounded-sm px-2.5 text-12 text-ink-2 hover:text-ink-1 data-[state=on]:bg-surface-1 data-[state=on]:text-ink-1 data-[state=on]:shadow-[0_0_0_1px_var(--color-line-strong)]"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
