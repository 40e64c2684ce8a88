import { findKind } from '../nodes/registry.ts';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '../workflow/document.ts';
import { buildGraph, orderTopologically } from '../workflow/graph.ts';
import { viewNode } from '../workflow/node-view.ts';

/** What the planner needs to know of a node, looked up once per workflow instead of once per event. */
export interface GraphNode {
  readonly node: WorkflowNode;
  /** Place in the document; it decides between nodes of one priority and rank. */
  readonly order: number;
  readonly incoming: readonly IncomingPort[];
  readonly successors: readonly string[];
  readonly startsOnFirst: boolean;
  /** What the longest chain from here to an end takes, this node included, by what its kinds are guessed to take: longer chains go first. */
  readonly rank: number;
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
  const graph = buildRunGraph(workflow);
  graphs.set(workflow, graph);
  return graph;
}

/**
 * The node that each compensation undoes, by the id of the compensation. Computed once per document object, and apart from the graph: of a
 * run that is opened to be looked at, a fold asks nothing else.
 */
export function toUndoneNodes(workflow: WorkflowDocument): ReadonlyMap<string, string> {
  const known = undoneNodes.get(workflow);
  if (known !== undefined) return known;
  const undone = new Map(workflow.nodes.flatMap(({ id, compensation }) => (compensation === undefined ? [] : [[compensation, id]])));
  undoneNodes.set(workflow, undone);
  return undone;
}

const undoneNodes = new WeakMap<WorkflowDocument, ReadonlyMap<string, string>>();

function buildRunGraph(workflow: WorkflowDocument): RunGraph {
  const incoming = new Map<string, Map<string, WorkflowEdge[]>>();
  const successors = new Map<string, Set<string>>();
  const undone = toUndoneNodes(workflow);
  const ranks = toRanks(workflow);
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
      const view = viewNode(node);
      const graphNode: GraphNode = {
        node,
        order,
        incoming: [...(incoming.get(node.id) ?? [])].map(([port, edges]) => ({ port, edges })),
        successors: [...(successors.get(node.id) ?? [])],
        compensation: node.compensation ?? null,
        compensates: undone.get(node.id) ?? null,
        startsOnFirst: view.type === 'valid' && (view.kind.startsOnFirst?.(view.config) ?? false),
        rank: ranks.get(node.id) ?? 0,
      };
      return [[node.id, graphNode] as const];
    }),
  );
}

/** Nodes in a cycle have none: they never start. */
function toRanks(workflow: WorkflowDocument): ReadonlyMap<string, number> {
  const graph = buildGraph(workflow);
  const durations = new Map(workflow.nodes.map(({ id, kind }) => [id, findKind(kind)?.estimatedMs ?? 0]));
  const ranks = new Map<string, number>();
  for (const index of orderTopologically(graph).toReversed()) {
    const id = graph.ids[index] as string;
    let longest = 0;
    for (const next of graph.successors[index] as readonly number[]) longest = Math.max(longest, ranks.get(graph.ids[next] as string) ?? 0);
    ranks.set(id, longest + (durations.get(id) as number));
  }
  return ranks;
}
