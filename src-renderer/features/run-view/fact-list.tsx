import type { Fact } from './usage-facts.ts';

/** Figures with their names, aligned. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="tabular grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-12">
      {facts.map((fact) => (
        <div key={fact.label} className="contents">
          <dt className="text-ink-2">{fact.label}</dt>
          <dd className="text-right break-all">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
