import type { RecordedFigures, WorkflowPlan } from '#shared/workflow/problem.ts';
import { formatDuration, formatMoney } from '../../ui/format.ts';

/** One layer of the plan as a card shows it. */
export interface LayerCard {
  readonly title: string;
  readonly nodes: readonly string[];
  /** The first names, and how many more there are. */
  readonly names: readonly string[];
  readonly moreNames: number;
  /** The node of this layer that decides how long the run takes; null when none does. */
  readonly critical: string | null;
  /** How long its slowest node took and what all of them cost, by earlier runs; a dash where none has said. */
  readonly figures: string;
}

const mostNames = 4;

/** The layers of a plan in words; `nameOf` gives a node's name. */
export function toLayerCards({ layers, criticalPath, recorded }: WorkflowPlan, nameOf: (node: string) => string): readonly LayerCard[] {
  const critical = new Set(criticalPath.nodes);
  return layers.map((nodes, index) => {
    const decisive = nodes.find((node) => critical.has(node));
    return {
      title: nodes.length === 1 ? `Layer ${index + 1}` : `Layer ${index + 1} · ${nodes.length} in parallel`,
      nodes,
      names: nodes.slice(0, mostNames).map(nameOf),
      moreNames: Math.max(0, nodes.length - mostNames),
      critical: decisive === undefined ? null : nameOf(decisive),
      figures: toFigures(nodes.flatMap((node) => (Object.hasOwn(recorded, node) ? (recorded[node] ?? []) : []))),
    };
  });
}

/** What a run will take and cost, in words; a dash while no run has said. Always an estimate. */
export function toEstimate({ criticalPath, recorded, costUsd }: WorkflowPlan): {
  readonly time: string;
  readonly cost: string;
  readonly basis: string;
} {
  if (Object.keys(recorded).length === 0) return { time: '–', cost: '–', basis: 'No runs yet' };
  return {
    time: criticalPath.basis === 'estimated' ? '–' : `about ${formatDuration(criticalPath.totalMs)}`,
    cost: costUsd === null ? '–' : `about ${formatMoney(costUsd)}`,
    basis: criticalPath.basis === 'recorded' ? 'Estimated from earlier runs' : 'Estimated from earlier runs, partly guessed',
  };
}

function toFigures(known: readonly RecordedFigures[]): string {
  if (known.length === 0) return '–';
  const longest = formatDuration(Math.max(...known.map(({ ms }) => ms)));
  const costs = known.map(({ costUsd }) => costUsd);
  const cost = costs.includes(null) ? null : costs.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  return cost === 0 ? `~ ${longest}` : `~ ${longest} · ${formatMoney(cost)}`;
}
