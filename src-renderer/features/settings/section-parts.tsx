import type { ReactNode } from 'react';

/** The title of a part of the settings, and what it is for. */
export function SectionHeader({
  title,
  text,
  actions,
}: {
  readonly title: string;
  readonly text: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <header className="mb-4 flex items-start gap-4">
      <div className="min-w-0 flex-1">
        <h2 className="text-15 font-semibold">{title}</h2>
        <p className="mt-0.5 text-12 text-ink-2">{text}</p>
      </div>
      <div className="flex gap-2">{actions}</div>
    </header>
  );
}

/** A framed thing in a list of settings. */
export function Card({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section aria-label={label} className="mb-3 flex flex-col gap-3 rounded-lg border border-line bg-surface-1 p-3">
      {children}
    </section>
  );
}
