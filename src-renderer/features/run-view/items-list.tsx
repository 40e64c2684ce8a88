import { useMemo, useState } from 'react';
import { openerOf } from '#shared/run/frame.ts';
import { findScope } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { toOpenerKind } from '../../state/scope-words.ts';
import { enterScope } from '../../state/selection.ts';
import { formatDuration } from '../../ui/format.ts';
import { Select } from '../../ui/select.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { findOpener } from './frame-rows.ts';
import { countByFilter, type ItemFilter, listItems, toItemRow } from './item-rows.ts';

/** The items of the map, or the rounds of the loop, that the shown scope is one of. Nothing for a subflow, which runs once. */
export function ItemsList({ runKey, state, scope }: { readonly runKey: string; readonly state: RunState; readonly scope: string }) {
  const [filter, setFilter] = useState<ItemFilter>('all');
  const attempt = findOpener(state, scope);
  const kind = toOpenerKind(state, scope);
  const items = useMemo(() => (attempt === undefined ? [] : listItems(attempt, filter)), [attempt, filter]);
  if (attempt === undefined || kind === 'subflow') return null;
  const counts = countByFilter(attempt);
  const words = kind === 'loop' ? 'Rounds' : 'Items';
  return (
    <aside aria-label={words} className="flex w-64 shrink-0 flex-col border-r border-line bg-surface-1 max-[1100px]:w-56">
      <div className="flex flex-col gap-2 px-3 pt-2.5 pb-2">
        <h2 className="section-label">
          {words} of attempt {openerOf(scope).attempt}
        </h2>
        <Select<ItemFilter>
          label={`Which ${words.toLowerCase()}`}
          isLabelHidden
          value={filter}
          options={[
            { value: 'all', label: `All (${counts.all.toLocaleString()})` },
            { value: 'running', label: `At work (${counts.running.toLocaleString()})` },
            { value: 'failed', label: `Failed (${counts.failed.toLocaleString()})` },
          ]}
          onChange={setFilter}
        />
      </div>
      <div className="min-h-0 flex-1">
        {items.length === 0 ? (
          <p className="px-3 py-2 text-12 text-ink-2">{filter === 'failed' ? 'None has failed.' : 'None is at work.'}</p>
        ) : (
          <VirtualList
            label={words}
            items={items}
            rowHeight={40}
            toKey={(item) => item.path}
            selectedIndex={items.findIndex((item) => item.path === scope)}
            onSelect={(item) => enterScope(runKey, item.path)}
          >
            {(item, _index, isSelected) => {
              const row = toItemRow(item);
              return (
                <div className={`flex h-full items-center gap-2 px-3 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
                  <StatusDot status={row.status} size={13} />
                  <span className="tabular w-9 shrink-0 text-right font-mono text-11 text-ink-2">{row.number.toLocaleString()}</span>
                  <span className="flex min-w-0 flex-1 flex-col">
                    <span className="truncate text-12" title={row.input}>
                      {row.input === '' ? '–' : row.input}
                    </span>
                    <span
                      className={`tabular truncate text-11 ${row.error === null ? 'text-ink-3' : row.status === 'retrying' ? 'text-waiting' : 'text-failed'}`}
                      title={row.error ?? undefined}
                    >
                      {row.error ?? formatDuration(row.durationMs)}
                    </span>
                  </span>
                </div>
              );
            }}
          </VirtualList>
        )}
      </div>
    </aside>
  );
}

/** True when a list of items stands beside this scope's canvas. */
export function hasItems(state: RunState, scope: string): boolean {
  return scope !== '' && findScope(state, scope) !== undefined && toOpenerKind(state, scope) !== 'subflow';
}
