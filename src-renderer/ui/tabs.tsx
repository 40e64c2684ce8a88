import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface TabsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly tabs: readonly { readonly value: Value; readonly label: ReactNode; readonly count?: number | undefined }[];
  readonly onChange: (value: Value) => void;
  /** Stands at the end of the row of tabs. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A row of tabs and the one panel below it. */
export function Tabs<Value extends string>({ label, value, tabs, onChange, actions, children }: TabsProps<Value>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as Value)} className="flex h-full min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center gap-2 px-2">
        <Radix.List aria-label={label} className="flex min-w-0 items-center gap-0.5 overflow-x-auto">
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.value}
              value={tab.value}
              className="flex h-6 shrink-0 items-center gap-1.5 rounded-md px-2 text-12 text-ink-2 hover:text-ink-1 data-[state=active]:bg-surface-3 data-[state=active]:text-ink-1"
            >
              {tab.label}
              {tab.count !== undefined && <span className="tabular text-11 text-ink-3">{tab.count.toLocaleString()}</span>}
            </Radix.Trigger>
          ))}
        </Radix.List>
        <div className="ml-auto flex items-center gap-1">{actions}</div>
      </div>
      <Radix.Content value={value} className="min-h-0 flex-1 focus-visible:outline-none" tabIndex={-1}>
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
