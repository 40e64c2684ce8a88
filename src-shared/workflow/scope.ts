import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Port } from '../nodes/kind.ts';

/**
 * What the expressions of a node may speak of: every node upstream by its id (its outputs, or null when it was skipped),
 * and `inputs`, this node's own, where an input that nothing is connected to is null.
 */
export function toExpressionScope(
  upstream: { readonly [node: string]: JsonObject | null },
  inputs: JsonObject,
  inputPorts: readonly Port[],
): JsonObject {
  const empty: Record<string, JsonValue> = Object.fromEntries(inputPorts.map((port) => [port.name, null]));
  return { ...upstream, inputs: { ...empty, ...inputs } };
}
