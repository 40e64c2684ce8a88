import type { JsonObject, JsonValue } from '../base/json.ts';
import { loopKind } from '../nodes/loop/loop.ts';
import { mapKind } from '../nodes/map/map.ts';
import type { WorkflowDocument, WorkflowNode } from '../workflow/document.ts';
import { viewNode } from '../workflow/node-view.ts';
import { toExpressionScope } from '../workflow/scope.ts';
import { tryExpression } from '../workflow/try-out.ts';
import { notInPart } from './fresh-graph.ts';
import { attemptsOf, nodeIn } from './node-states.ts';
import type { RunState } from './state.ts';

/**
 * What the expressions of a node would see with what a run recorded: the outputs of the other nodes by id, and its own inputs as the edges
 * of this document bring them. A node that the run says nothing of is not there; `pins` count before what was recorded.
 */
export function toRecordedValues(
  document: WorkflowDocument,
  id: string,
  run: RunState | null,
  pins: Readonly<Record<string, JsonObject>> = {},
): JsonObject {
  const known = new Map(document.nodes.flatMap((node) => toKnown(node.id, run, pins)));
  const node = document.nodes.find((candidate) => candidate.id === id);
  const view = node === undefined ? undefined : viewNode(node);
  const inputPorts = view?.type === 'valid' ? view.ports.inputs : [];
  const edgesByPort = Map.groupBy(
    document.edges.filter(({ to }) => to.node === id),
    ({ to }) => to.port,
  );
  const inputs: Record<string, JsonValue> = {};
  const open = new Set<string>();
  for (const [port, edges] of edgesByPort) {
    if (edges.some(({ from }) => !known.has(from.node))) open.add(port);
    const arrived = edges.flatMap(({ from }): readonly (readonly [string, JsonValue])[] => {
      const value = known.get(from.node)?.[from.port];
      return value === undefined ? [] : [[from.node, value]];
    });
    const [first] = arrived;
    if (first !== undefined) inputs[port] = edges.length === 1 ? first[1] : Object.fromEntries(arrived);
  }
  return toExpressionScope(
    Object.fromEntries(known),
    inputs,
    inputPorts.filter(({ name }) => !open.has(name)),
  );
}

/** The names that a kind adds for one of its fields, as the newest try in the run, or its first item or round, had them. */
export function toInnerValues(node: WorkflowNode, key: string, run: RunState | null, values: JsonObject): JsonObject {
  const scopes = attemptsOf(run === null ? undefined : nodeIn(run, node.id)).at(-1)?.scopes ?? [];
  const [first] = scopes;
  switch (`${node.kind}.${key}`) {
    case `${mapKind.kind}.inputs`: {
      const items = tryExpression(String(node.config.items ?? ''), values);
      const item = items.type === 'value' && Array.isArray(items.value) ? (items.value[0] as JsonValue | undefined) : undefined;
      return item === undefined ? {} : { item, index: 0 };
    }
    case `${mapKind.kind}.reduce`:
      return first?.outputs == null ? {} : { total: null, result: first.outputs, index: first.index };
    case `${loopKind.kind}.inputs`:
      return { last: null, round: 0 };
    case `${loopKind.kind}.until`: {
      const last = scopes.findLast(({ outputs }) => outputs !== null);
      return last === undefined ? {} : { last: last.outputs, round: last.index };
    }
    default:
      return {};
  }
}

function toKnown(
  id: string,
  run: RunState | null,
  pins: Readonly<Record<string, JsonObject>>,
): readonly (readonly [string, JsonObject | null])[] {
  const pinned = Object.hasOwn(pins, id) ? pins[id] : undefined;
  if (pinned !== undefined) return [[id, pinned]];
  const state = run === null ? undefined : nodeIn(run, id);
  if (state?.status === 'succeeded') return [[id, state.outputs]];
  return state?.status === 'skipped' && state.reason !== notInPart ? [[id, null]] : [];
}
