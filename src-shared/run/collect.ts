import { type ErrorInfo, HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { type MapConfig, mapKind } from '../nodes/map/map.ts';
import { evaluateExpression, listReferences } from '../workflow/expression.ts';
import { toExpressionScope } from '../workflow/scope.ts';
import { type AggregationOrder, aggregate, type ItemResult, toOne } from './aggregate.ts';
import { parseAddress, scopeOf } from './frame.ts';
import { listItemFailures, listLatestScopes } from './map-items.ts';
import { attemptsOf, findGraph, findNodeState, type GraphView, listNodeStates, nodeIn } from './node-states.ts';
import { isFinal } from './plan-next.ts';
import type { AttemptState, NodeState, RunState } from './state.ts';

/** Which results of a run to bring together, and how: those of nodes by their addresses, or those of the items of a map. */
export interface CollectOrder extends AggregationOrder {
  readonly from: { readonly type: 'nodes'; readonly nodes: readonly string[] } | { readonly type: 'map'; readonly node: string };
}

/** What a run has brought so far, as one value. Parts are named by node address, or by the item's index. */
export interface Collected {
  /** Null while `missed` says why there is none. */
  readonly value: JsonValue;
  readonly missed: string | null;
  /** How many parts there are in all; null while a map has not begun. */
  readonly total: number | null;
  readonly succeeded: number;
  readonly failed: readonly { readonly part: string; readonly error: ErrorInfo }[];
  /** Still to come. */
  readonly missing: readonly string[];
  /** Skipped or stopped: they will not come. */
  readonly left: readonly string[];
  /** Nothing of this changes any more. */
  readonly isComplete: boolean;
}

/**
 * The results that a run has brought so far, live or ended, as one value. Pure. Refuses with `request.invalid` what the run's workflow has not,
 * and with `expression.*` what cannot be reduced.
 */
export function collect(state: RunState, order: CollectOrder): Collected {
  const { parts, total } = order.from.type === 'nodes' ? listNodeParts(state, order.from.nodes) : listItemParts(state, order.from.node);
  const isOver = isFinal(state.status);
  const named = (status: Part['status']) => parts.flatMap((part) => (part.status === status ? [part.name] : []));
  const results = parts.flatMap((part) => (part.status === 'succeeded' || part.status === 'failed' ? [part] : []));
  const inOrderOfEnd = [...results].sort((a, b) => a.endedAtMs - b.endedAtMs || a.index - b.index).map(toResult);
  const aggregated = aggregate(order, inOrderOfEnd, total ?? parts.length, evaluateExpression);
  const missing = isOver ? [] : named('missing');
  return {
    value: aggregated.type === 'value' ? aggregated.value : null,
    missed: aggregated.type === 'missed' ? aggregated.message : null,
    total,
    succeeded: named('succeeded').length,
    failed: parts.flatMap((part) => (part.status === 'failed' ? [{ part: part.name, error: part.error }] : [])),
    missing,
    left: isOver ? [...named('missing'), ...named('left')] : named('left'),
    isComplete: isOver || (total !== null && missing.length === 0),
  };
}

type Part = { readonly name: string; readonly index: number } & (
  | { readonly status: 'missing' | 'left' }
  | { readonly status: 'succeeded'; readonly outputs: JsonObject; readonly endedAtMs: number; readonly endedSeq: number }
  | { readonly status: 'failed'; readonly item: JsonValue; readonly error: ErrorInfo; readonly endedAtMs: number }
);

interface Parts {
  readonly parts: readonly Part[];
  readonly total: number | null;
}

function toResult(part: Extract<Part, { status: 'succeeded' | 'failed' }>): ItemResult {
  const { index } = part;
  return part.status === 'succeeded'
    ? { type: 'succeeded', index, endedSeq: part.endedSeq, outputs: part.outputs }
    : { type: 'failed', index, item: part.item, error: part.error };
}

function listNodeParts(state: RunState, addresses: readonly string[]): Parts {
  return { parts: addresses.map((address, index) => toNodePart(requireNode(state, address), address, index)), total: addresses.length };
}

function toNodePart(node: NodeState, address: string, index: number): Part {
  const place = { name: address, index };
  switch (node.status) {
    case 'succeeded':
      // As one member with the node's name, so that joined records keep them apart.
      return {
        ...place,
        status: 'succeeded',
        outputs: { [address]: toOne(node.outputs) },
        endedAtMs: node.endedAtMs,
        endedSeq: node.settledSeq,
      };
    case 'failed':
      return { ...place, status: 'failed', item: inputsOf(node), error: node.error, endedAtMs: node.endedAtMs };
    case 'skipped': {
      const last = node.attempts.at(-1);
      if (last?.error == null) return { ...place, status: 'left' };
      return { ...place, status: 'failed', item: last.inputs, error: last.error, endedAtMs: last.endedAtMs ?? 0 };
    }
    case 'cancelled':
      return { ...place, status: 'left' };
    case 'pending':
    case 'queued':
    case 'running':
    case 'retrying':
      return { ...place, status: 'missing' };
  }
}

function listItemParts(state: RunState, address: string): Parts {
  const node = requireNode(state, address);
  const graph = findGraph(state, scopeOf(address));
  const document = graph?.workflow.nodes.find(({ id }) => id === parseAddress(address).id);
  const config = document?.kind === mapKind.kind ? mapKind.configSchema.safeParse(document.config) : undefined;
  if (graph === undefined || config?.success !== true) throw new HeddleError('request.invalid', `${address} is no map.`);
  const scopes = listLatestScopes(attemptsOf(node));
  const listed = new Map(listItemFailures(node).map(({ index, error }) => [index, error]));
  const last = attemptsOf(node).at(-1);
  const items = last === undefined ? undefined : evaluateItems(graph, config.data, last);
  if (last === undefined || items === undefined) return { parts: [], total: isSettled(node) ? 0 : null };
  const total = [...scopes.keys()].reduce((most, index) => Math.max(most, index + 1), items.length);
  const isOver = isSettled(node);
  const isTriedAgain = node.status === 'retrying' || node.status === 'queued';
  const parts = Array.from({ length: total }, (_, index): Part => {
    const place = { name: String(index), index };
    const item = items[index] ?? null;
    const scope = scopes.get(index);
    if (scope?.outputs != null)
      return { ...place, status: 'succeeded', outputs: scope.outputs, endedAtMs: scope.endedAtMs ?? 0, endedSeq: scope.endedSeq ?? 0 };
    const error = scope?.error ?? listed.get(index);
    const isLatest = isOver || (!isTriedAgain && (scope === undefined || last.scopes.includes(scope)));
    if (error !== undefined && isLatest) return { ...place, status: 'failed', item, error, endedAtMs: scope?.endedAtMs ?? 0 };
    return { ...place, status: isOver || (scope?.status === 'cancelled' && isLatest) ? 'left' : 'missing' };
  });
  return { parts, total };
}

/** The list as the map saw it when this attempt began; undefined when it gave none. */
function evaluateItems(graph: GraphView, config: MapConfig, attempt: AttemptState): readonly JsonValue[] | undefined {
  try {
    const upstream = listReferences(config.items).flatMap(({ root }) => {
      const source = root === 'inputs' ? undefined : nodeIn(graph, root);
      if (source === undefined) return [];
      const isBefore = source.status === 'succeeded' && source.settledSeq < attempt.startedSeq;
      return [[root, isBefore ? source.outputs : null] as const];
    });
    const scope = toExpressionScope(Object.fromEntries(upstream), attempt.inputs, mapKind.ports(config).inputs);
    const items = evaluateExpression(config.items, scope);
    return Array.isArray(items) ? items : undefined;
  } catch {
    // Then the map failed for the same reason.
    return undefined;
  }
}

function requireNode(state: RunState, address: string): NodeState {
  const node = findNodeAt(state, address);
  if (node !== undefined) return node;
  const ids = listNodeStates(state).map(([id]) => id);
  throw new HeddleError(
    'request.invalid',
    `This run has no node “${address}”. Nodes are named by their ids: ${ids.slice(0, 20).join(', ')}.`,
  );
}

/** An address is what somebody wrote, so it may be none. */
function findNodeAt(state: RunState, address: string): NodeState | undefined {
  try {
    return findNodeState(state, address);
  } catch {
    return undefined;
  }
}

function inputsOf(node: NodeState): JsonObject {
  return attemptsOf(node).at(-1)?.inputs ?? {};
}

function isSettled({ status }: NodeState): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'skipped';
}
