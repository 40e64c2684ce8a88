import type { JsonObject, JsonValue } from '../base/json.ts';
import type { WorkflowEdge } from '../workflow/document.ts';
import { type GraphView, nodeIn } from './node-states.ts';
import type { GraphNode } from './run-graph.ts';

type GraphAt = Pick<GraphView, 'workflow' | 'nodes'>;

/** A value that came along an edge. */
export interface Delivery {
  readonly source: string;
  readonly value: JsonValue;
}

export type EdgeState =
  | { readonly type: 'open' }
  | { readonly type: 'skipped' }
  | { readonly type: 'delivered'; readonly value: JsonValue };

/** What came along an edge so far. A node that succeeded without giving the port its value (a branch not taken) skips the edge. */
export function toEdgeState(graph: GraphAt, edge: WorkflowEdge): EdgeState {
  const source = nodeIn(graph, edge.from.node);
  if (source === undefined || source.status === 'skipped') return skipped;
  if (source.status !== 'succeeded') return open;
  const value = source.outputs[edge.from.port];
  return value === undefined ? skipped : { type: 'delivered', value };
}

const open: EdgeState = { type: 'open' };
const skipped: EdgeState = { type: 'skipped' };

/** The values that have arrived at a port, in the order of its edges; with `beforeSeq`, only those that stood when that event was recorded. */
export function listDeliveries(graph: GraphAt, edges: readonly WorkflowEdge[], beforeSeq = Number.POSITIVE_INFINITY): readonly Delivery[] {
  return edges.flatMap((edge) => {
    const source = nodeIn(graph, edge.from.node);
    if (source?.status !== 'succeeded' || source.settledSeq >= beforeSeq) return [];
    const edgeState = toEdgeState(graph, edge);
    return edgeState.type === 'delivered' ? [{ source: edge.from.node, value: edgeState.value }] : [];
  });
}

/** A node's inputs by port: the value itself from a single edge, a record by source node from several. */
export function toInputs(graph: GraphAt, node: GraphNode): JsonObject {
  return Object.fromEntries(
    node.incoming.flatMap(({ port, edges }) => {
      const deliveries = listDeliveries(graph, edges);
      const [first] = deliveries;
      if (first === undefined) return [];
      return [[port, edges.length === 1 ? first.value : Object.fromEntries(deliveries.map(({ source, value }) => [source, value]))]];
    }),
  );
}
