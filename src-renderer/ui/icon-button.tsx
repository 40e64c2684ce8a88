import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Tooltip } from './tooltip.tsx';

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** What it does; read aloud and shown on hover. */
  readonly label: string;
  readonly keys?: string | undefined;
  readonly icon: ReactNode;
  readonly isPressed?: boolean;
  readonly size?: 'small' | 'normal';
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button that is only an icon, with its words and key in a tooltip. */
export function IconButton({ label, keys, icon, isPressed, size = 'normal', className = '', ...rest }: IconButtonProps) {
  const box = size === 'small' ? 'size-6' : 'size-7';
  return (
    <Tooltip label={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={isPressed}
        className={`inline-flex shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors hover:bg-surface-3 hover:text-ink-1 disabled:opacity-40 aria-pressed:bg-surface-3 aria-pressed:text-ink-1 ${box} ${className}`}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
