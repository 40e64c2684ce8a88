import { type JsonObject, type JsonValue, toCanonicalJson } from '../../base/json.ts';
import { findKind } from '../../nodes/registry.ts';
import type { WorkflowNode } from '../document.ts';
import { viewNode } from '../node-view.ts';

/**
 * The config of a node written by the method of its kind: what is given, then what its role gives, then what a node of the kind has
 * when it is put on the canvas. When anything was added, the members stand in the order of the kind.
 */
export function completeConfig(kind: string, given: JsonObject, role: JsonObject = {}): JsonObject {
  const defaults = (findKind(kind)?.defaultConfig ?? {}) as JsonObject;
  const complete: JsonObject = { ...defaults, ...role, ...given };
  if (Object.keys(complete).length === Object.keys(given).length) return given;
  const inOrder = [...new Set([...Object.keys(defaults), ...Object.keys(given), ...Object.keys(role)])];
  return Object.fromEntries(inOrder.map((key) => [key, complete[key] as JsonValue]));
}

/**
 * What must be given so that `completeConfig` gives this config, as little as possible; undefined when nothing does. Where it need not
 * be exact, a member that says what leaving it out means as well may be added.
 */
export function toGivenConfig(kind: string, config: JsonObject, role: JsonObject, isExact: boolean): JsonObject | undefined {
  const defaults = (findKind(kind)?.defaultConfig ?? {}) as JsonObject;
  const implied: JsonObject = { ...defaults, ...role };
  const isImplied = (key: string) => Object.hasOwn(implied, key) && isEqual(implied[key], config[key]);
  const short = Object.fromEntries(Object.entries(config).filter(([key]) => !isImplied(key)));
  const isSame = (given: JsonObject) => {
    const complete = completeConfig(kind, given, role);
    return isEqual(complete, config) || (!isExact && meansTheSame(kind, complete, config));
  };
  return [short, config].find(isSame);
}

/** Whether two configs of a kind say the same, whatever stands in them that would also hold if it were left out. */
export function meansTheSame(kind: string, left: JsonObject, right: JsonObject): boolean {
  const meaning = (config: JsonObject) => {
    const parsed = findKind(kind)?.configSchema.safeParse(config);
    return parsed?.success === true ? toCanonicalJson({ ...config, ...parsed.data }) : undefined;
  };
  const said = meaning(left);
  return said !== undefined && said === meaning(right);
}

/** The port that an edge leads from or to when only the node is named: the first. Undefined when it has none, or nobody knows. */
export function findMainPort(node: Pick<WorkflowNode, 'id' | 'kind' | 'config'>, side: 'inputs' | 'outputs'): string | undefined {
  const view = viewNode({ name: '', position: { x: 0, y: 0 }, ...node });
  return view.type === 'valid' ? view.ports[side][0]?.name : undefined;
}

/** Equal down to the order of members. */
function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
