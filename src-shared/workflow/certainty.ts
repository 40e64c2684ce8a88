import type { JsonValue } from '../base/json.ts';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';
import { buildGraph, orderTopologically } from './graph.ts';
import { viewNode } from './node-view.ts';
import { listMentions } from './rewrite-references.ts';

/** Whether something is sure to come along an edge, or out of a port, in a run that gets that far. */
export interface Certainty {
  edge(edge: WorkflowEdge): boolean;
  port(node: string, port: string): boolean;
}

/** What of a document is sure to run: nothing behind a branch, a question, a node that may be left out, or in a cycle is. */
export function judgeCertainty(document: WorkflowDocument): Certainty {
  const graph = buildGraph(document);
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const incoming = new Map<string, Map<string, WorkflowEdge[]>>();
  for (const edge of document.edges) {
    const ports = incoming.get(edge.to.node) ?? new Map<string, WorkflowEdge[]>();
    incoming.set(edge.to.node, ports);
    ports.set(edge.to.port, [...(ports.get(edge.to.port) ?? []), edge]);
  }
  const sure = new Set<string>();
  /** By node that runs if, and only if, one way of a branch is taken: that way. */
  const ways = new Map<string, string>();
  const port = (id: string, name: string) => {
    const node = nodes.get(id);
    return node !== undefined && sure.has(id) && givesAlways(node, name);
  };
  const isSure = (edge: WorkflowEdge) => port(edge.from.node, edge.from.port);
  const toWay = ({ from }: WorkflowEdge): string | undefined => {
    const node = nodes.get(from.node);
    if (node?.kind === 'branch' && sure.has(node.id)) return `${from.node}.${from.port}`;
    return node !== undefined && givesAlways(node, from.port) ? ways.get(from.node) : undefined;
  };
  /** Every way of one branch leads there. */
  const isReachedAnyhow = (edges: readonly WorkflowEdge[]) => {
    const led = new Set(edges.map(toWay));
    return [...led].some((way) => {
      const branch = nodes.get(way?.split('.')[0] ?? '');
      const view = branch === undefined ? null : viewNode(branch);
      return view?.type === 'valid' && view.ports.outputs.every(({ name }) => led.has(`${branch?.id}.${name}`));
    });
  };
  for (const index of orderTopologically(graph)) {
    const node = nodes.get(graph.ids[index] as string) as WorkflowNode;
    if (node.disabled === true || node.policy?.onFailure === 'skip') continue;
    const doubtful = [...(incoming.get(node.id)?.values() ?? [])].filter((edges) => !edges.some(isSure) && !isReachedAnyhow(edges));
    if (doubtful.length === 0) sure.add(node.id);
    const shared = doubtful.map((edges) => new Set(edges.map(toWay)));
    const way = [...(shared[0] ?? [])].find((candidate) => candidate !== undefined && shared.every((other) => other.has(candidate)));
    if (way !== undefined && shared.every((other) => other.size === 1)) ways.set(node.id, way);
  }
  return { edge: isSure, port };
}

/** True when the value that arrives at the node's inputs matters; of some kinds only that something arrives. */
export function looksAtInputs(node: WorkflowNode): boolean {
  return !speakingKinds.has(node.kind) || viewNode(node).type !== 'valid' || listMentions(node).some(({ root }) => root === 'inputs');
}

/** A port to which edges can be added without changing what the node sees. */
export function toOpenPort(node: WorkflowNode): string | null {
  const view = viewNode(node);
  if (view.type !== 'valid' || looksAtInputs(node)) return null;
  return view.ports.inputs.find(({ takesMany }) => takesMany === true)?.name ?? null;
}

/** Kinds that see what arrives only through their expressions. */
const speakingKinds: ReadonlySet<string> = new Set(['agent', 'prompt', 'tool', 'transform', 'subflow', 'loop', 'map', 'signal']);

/** Kinds that decide which of their outputs goes on. */
const choosingKinds: ReadonlySet<string> = new Set(['branch', 'approval', 'form', 'signal']);

function givesAlways(node: WorkflowNode, port: string): boolean {
  if (choosingKinds.has(node.kind)) return false;
  if (node.kind !== 'code') return true;
  const fields = (Array.isArray(node.config.outputs) ? node.config.outputs : []) as readonly JsonValue[];
  return fields.some(
    (field) => typeof field === 'object' && field !== null && 'name' in field && field.name === port && field.required === true,
  );
}
