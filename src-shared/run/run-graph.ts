import type { JsonObject } from '../base/json.ts';
import { findKind } from '../nodes/registry.ts';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '../workflow/document.ts';

/** What the planner needs to know of a node, looked up once per workflow instead of once per event. */
export interface GraphNode {
  readonly node: WorkflowNode;
  /** Place in the document; ties in priority are broken by it. */
  readonly order: number;
  readonly incoming: readonly IncomingPort[];
  readonly successors: readonly string[];
  readonly startsOnFirst: boolean;
  /** The node that undoes what this one did, or null. */
  readonly compensation: string | null;
  /** The node whose work this one undoes; it then takes no part in the forward flow. */
  readonly compensates: string | null;
}

export interface IncomingPort {
  readonly port: string;
  readonly edges: readonly WorkflowEdge[];
}

export type RunGraph = ReadonlyMap<string, GraphNode>;

const graphs = new WeakMap<WorkflowDocument, RunGraph>();

/** The executable nodes of a workflow with their edges. Computed once per document object. */
export function toRunGraph(workflow: WorkflowDocument): RunGraph {
  const known = graphs.get(workflow);
  if (known !== undefined) return known;
  const graph = buildGraph(workflow);
  graphs.set(workflow, graph);
  return graph;
}

function buildGraph(workflow: WorkflowDocument): RunGraph {
  const incoming = new Map<string, Map<string, WorkflowEdge[]>>();
  const successors = new Map<string, Set<string>>();
  const compensates = new Map(workflow.nodes.flatMap(({ id, compensation }) => (compensation === undefined ? [] : [[compensation, id]])));
  for (const edge of workflow.edges) {
    const ports = incoming.get(edge.to.node) ?? new Map<string, WorkflowEdge[]>();
    incoming.set(edge.to.node, ports);
    ports.set(edge.to.port, [...(ports.get(edge.to.port) ?? []), edge]);
    successors.set(edge.from.node, (successors.get(edge.from.node) ?? new Set()).add(edge.to.node));
  }
  return new Map(
    workflow.nodes.flatMap((node, order) => {
      const kind = findKind(node.kind);
      if (kind !== undefined && !kind.isExecutable) return [];
      const config = kind?.configSchema.safeParse(node.config);
      const graphNode: GraphNode = {
        node,
        order,
        incoming: [...(incoming.get(node.id) ?? [])].map(([port, edges]) => ({ port, edges })),
        successors: [...(successors.get(node.id) ?? [])],
        compensation: node.compensation ?? null,
        compensates: compensates.get(node.id) ?? null,
        startsOnFirst: config?.success === true && (kind?.startsOnFirst?.(config.data as JsonObject) ?? false),
      };
      return [[node.id, graphNode] as const];
    }),
  );
}
