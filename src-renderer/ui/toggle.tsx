import { Switch } from 'radix-ui';
import { useId } from 'react';

export interface ToggleProps {
  readonly label: string;
  readonly help?: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly disabled?: boolean;
}

/** On or off, taking effect at once. */
export function Toggle({ label, help, isOn, onChange, disabled }: ToggleProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <Switch.Root
        id={id}
        checked={isOn}
        onCheckedChange={onChange}
        disabled={disabled ?? false}
        className="mt-0.5 h-4 w-7 shrink-0 rounded-full border border-line-strong bg-surface-3 transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Switch.Thumb className="block size-3 translate-x-px rounded-full bg-ink-2 transition-transform data-[state=checked]:translate-x-3.25 data-[state=checked]:bg-on-accent" />
      </Switch.Root>
      <label htmlFor={id} className="text-13">
        {label}
        {help !== undefined && <span className="block text-12 text-ink-3">{help}</span>}
      </label>
    </div>
  );
}
