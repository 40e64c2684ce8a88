import type { JsonValue } from '#shared/base/json.ts';
import type { AttemptState, ScopeState } from '#shared/run/state.ts';
import type { Status } from '../../ui/status.ts';
import { findRetry, toScopeStatus } from './frame-rows.ts';

/** A line of the list of items: one scope that a map or loop ran. */
export interface ItemRow {
  readonly scope: string;
  /** From 1. */
  readonly number: number;
  readonly status: Status;
  /** What it was given, on one line. */
  readonly input: string;
  readonly error: string | null;
  readonly durationMs: number | null;
}

/** What the list is narrowed to. */
export type ItemFilter = 'all' | 'running' | 'failed';

/** The items of an attempt by index, narrowed. Only what the list draws is described, see `toItemRow`. */
export function listItems(attempt: AttemptState, filter: ItemFilter): readonly ScopeState[] {
  const kept = filter === 'all' ? attempt.scopes : attempt.scopes.filter((scope) => fits(scope, filter));
  return isByIndex(kept) ? kept : [...kept].sort((a, b) => a.index - b.index);
}

/** How many items stand in each of the filters. */
export function countByFilter({ scopes }: AttemptState): Readonly<Record<ItemFilter, number>> {
  let running = 0;
  let failed = 0;
  for (const scope of scopes) {
    if (fits(scope, 'running')) running += 1;
    if (fits(scope, 'failed')) failed += 1;
  }
  return { all: scopes.length, running, failed };
}

/** The line of one item. */
export function toItemRow(scope: ScopeState): ItemRow {
  return {
    scope: scope.path,
    number: scope.index + 1,
    status: toScopeStatus(scope),
    input: toExcerpt(scope.inputs),
    error: scope.error?.message ?? scope.failure?.error.message ?? findRetry(scope)?.error.message ?? null,
    durationMs: scope.endedAtMs === null ? null : scope.endedAtMs - scope.startedAtMs,
  };
}

function fits(scope: ScopeState, filter: Exclude<ItemFilter, 'all'>): boolean {
  return filter === 'running'
    ? scope.endedAtMs === null
    : scope.status === 'failed' || (scope.endedAtMs === null && scope.failure !== null);
}

function isByIndex(scopes: readonly ScopeState[]): boolean {
  return scopes.every((scope, place) => place === 0 || (scopes[place - 1] as ScopeState).index < scope.index);
}

/** The values on one line, in the order of their names. */
function toExcerpt(inputs: ScopeState['inputs']): string {
  const words = Object.values(inputs).map((value: JsonValue) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return words
    .map((text) => text.slice(0, 160).replaceAll(/\s+/g, ' ').trim())
    .join(' · ')
    .slice(0, 240);
}
