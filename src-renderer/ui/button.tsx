import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Spinner } from './spinner.tsx';

const tones = {
  primary: 'bg-accent text-on-accent font-semibold hover:brightness-110 active:brightness-95',
  normal: 'border border-line-strong bg-surface-2 text-ink-1 hover:bg-surface-3',
  quiet: 'text-ink-2 hover:bg-surface-3 hover:text-ink-1',
  danger: 'border border-line-strong bg-surface-2 text-failed hover:bg-surface-3',
  approve:
    'bg-[color-mix(in_srgb,var(--color-succeeded)_86%,black)] text-on-accent font-semibold hover:brightness-110 active:brightness-95',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: keyof typeof tones;
  readonly size?: 'small' | 'normal';
  readonly icon?: ReactNode;
  /** Shows a spinner and refuses further clicks. */
  readonly isBusy?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** The button of the house: one primary a screen, the rest normal or quiet. */
export function Button({
  tone = 'normal',
  size = 'normal',
  icon,
  isBusy = false,
  className = '',
  children,
  disabled,
  ...rest
}: ButtonProps) {
  const box = size === 'small' ? 'h-6 px-2 text-12 gap-1' : 'h-7 px-3 text-12 gap-1.5';
  return (
    <button
      type="button"
      className={`inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-md transition-colors disabled:opacity-50 ${box} ${tones[tone]} ${className}`}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      {...rest}
    >
      {isBusy ? <Spinner label="" /> : icon}
      {children}
    </button>
  );
}
