import type { LanesSnapshot } from '#shared/run/lane-figures.ts';
import { toLimitSort } from './lane-words.ts';
import { Meter } from './meter.tsx';

/** The limits that somebody uses now. */
export function LimitList({ limits }: { readonly limits: LanesSnapshot['limits'] }) {
  return (
    <section aria-label="Limits in use" className="flex flex-col gap-1.5">
      <h3 className="section-label">Limits in use</h3>
      {limits.length === 0 ? (
        <p className="text-12 text-ink-2">None. Limits for a provider, agent or tool appear here while something uses them.</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {limits.map(({ sort, name, limit, atWork }) => (
            <li key={`${sort}:${name}`} className="flex flex-col gap-1 text-12">
              <span className="flex gap-2">
                <span className="min-w-0 flex-1 truncate">
                  <span className="text-ink-2">{toLimitSort(sort)}</span> {name}
                </span>
                <span className="tabular shrink-0">
                  {atWork} / {limit}
                </span>
              </span>
              <Meter label={`${toLimitSort(sort)} ${name} at work`} value={atWork} most={limit} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
