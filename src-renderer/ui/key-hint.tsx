import { toKeyLabel } from './key-label.ts';

/** A key or chord as a small cap. `keys` is written as in the command registry: `Mod+K`. */
export function KeyHint({ keys, className = '' }: { readonly keys: string; readonly className?: string }) {
  return (
    <kbd
      className={`inline-flex h-4 shrink-0 items-center rounded-sm border border-line-strong px-1 font-sans text-11 text-ink-2 ${className}`}
    >
      {toKeyLabel(keys, isMac)}
    </kbd>
  );
}

const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);
