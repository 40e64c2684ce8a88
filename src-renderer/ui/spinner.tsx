import { LoaderCircle } from 'lucide-react';

/** Work that is going on. An empty label means that words stand beside it. */
export function Spinner({ label, size = 14 }: { readonly label: string; readonly size?: number }) {
  return (
    <span role={label === '' ? undefined : 'status'} className="inline-flex items-center gap-2 text-ink-2">
      <LoaderCircle size={size} className="animate-spin" aria-hidden />
      {label !== '' && <span className="text-12">{label}</span>}
    </span>
  );
}
