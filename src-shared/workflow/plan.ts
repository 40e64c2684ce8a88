import { findKind } from '../nodes/registry.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { buildGraph, orderTopologically } from './graph.ts';
import type { RecordedFigures, WorkflowPlan } from './problem.ts';

/**
 * Layers of nodes that can run at the same time (a node's layer is the longest way to it), the layers with more than one
 * node, and the chain of nodes that takes longest. Durations come from `recorded` where it has them, else from the kind's
 * guess. Notes, disabled nodes and compensations are left out, and so is what lies in or behind a cycle.
 */
export function planWorkflow(document: WorkflowDocument, recorded: Readonly<Record<string, RecordedFigures>> = {}): WorkflowPlan {
  const kinds = new Map(document.nodes.map((node) => [node.id, findKind(node.kind)]));
  const compensations = new Set(document.nodes.map(({ compensation }) => compensation));
  const takesPart = ({ id, disabled }: WorkflowNode) =>
    disabled !== true && kinds.get(id)?.isExecutable !== false && !compensations.has(id);
  const graph = buildGraph(document, takesPart);
  const figuresOf = (id: string) => (Object.hasOwn(recorded, id) ? recorded[id] : undefined);
  const durationOf = (id: string) => figuresOf(id)?.ms ?? kinds.get(id)?.estimatedMs ?? 0;

  const layerOf = new Map<number, number>();
  const endMs = new Map<number, number>();
  const cameFrom = new Map<number, number>();
  const layers: string[][] = [];
  let last: number | undefined;
  for (const index of orderTopologically(graph)) {
    const predecessors = graph.predecessors[index] ?? [];
    let slowest: number | undefined;
    for (const predecessor of predecessors) {
      if (slowest === undefined || (endMs.get(predecessor) as number) > (endMs.get(slowest) as number)) slowest = predecessor;
    }
    const layer = predecessors.reduce((deepest, predecessor) => Math.max(deepest, (layerOf.get(predecessor) as number) + 1), 0);
    const id = graph.ids[index] as string;
    layerOf.set(index, layer);
    endMs.set(index, (slowest === undefined ? 0 : (endMs.get(slowest) as number)) + durationOf(id));
    if (slowest !== undefined) cameFrom.set(index, slowest);
    if (last === undefined || (endMs.get(index) as number) > (endMs.get(last) as number)) last = index;
    const members = layers[layer];
    if (members === undefined) layers.push([id]);
    else members.push(id);
  }

  const nodes: string[] = [];
  for (let index = last; index !== undefined; index = cameFrom.get(index)) nodes.push(graph.ids[index] as string);
  nodes.reverse();
  const known = nodes.filter((id) => figuresOf(id) !== undefined).length;
  const planned = layers.flat().flatMap((id) => figuresOf(id) ?? []);
  return {
    layers,
    parallelGroups: layers.filter((layer) => layer.length > 1),
    criticalPath: {
      nodes,
      totalMs: last === undefined ? 0 : (endMs.get(last) as number),
      basis: known === 0 ? 'estimated' : known === nodes.length ? 'recorded' : 'mixed',
    },
    recorded: { ...recorded },
    costUsd: planned.length === 0 ? null : planned.reduce<number | null>(addCost, 0),
  };
}

function addCost(sum: number | null, { costUsd }: RecordedFigures): number | null {
  return sum === null || costUsd === null ? null : sum + costUsd;
}
