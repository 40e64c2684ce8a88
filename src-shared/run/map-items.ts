import type { ErrorInfo } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';
import type { AttemptState, NodeState, ScopeState } from './state.ts';

/** The scope of each index that counts: what a later attempt did not begin again it takes over from an earlier one. */
export function listLatestScopes(attempts: readonly AttemptState[]): ReadonlyMap<number, ScopeState> {
  return new Map(attempts.flatMap(({ scopes }) => scopes.map((scope) => [scope.index, scope] as const)));
}

/** The items that a map lists as failed. Those whose inputs were wrong never began, so that only the map itself knows of them. */
export function listItemFailures(
  map: NodeState,
): readonly { readonly index: number; readonly item: JsonValue; readonly error: ErrorInfo }[] {
  const failures = map.status === 'succeeded' ? map.outputs.failures : undefined;
  return Array.isArray(failures) ? (failures as readonly { index: number; item: JsonValue; error: ErrorInfo }[]) : [];
}
