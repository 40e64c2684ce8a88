import type { WorkflowPlan } from '#shared/workflow/problem.ts';

/** One layer of the plan as a card shows it. */
export interface LayerCard {
  readonly title: string;
  readonly nodes: readonly string[];
  /** The first names, and how many more there are. */
  readonly names: readonly string[];
  readonly moreNames: number;
  /** The node of this layer that decides how long the run takes; null when none does. */
  readonly critical: string | null;
}

const mostNames = 4;

/** The layers of a plan in words; `nameOf` gives a node's name. */
export function toLayerCards({ layers, criticalPath }: WorkflowPlan, nameOf: (node: string) => string): readonly LayerCard[] {
  const critical = new Set(criticalPath.nodes);
  return layers.map((nodes, index) => {
    const decisive = nodes.find((node) => critical.has(node));
    return {
      title: nodes.length === 1 ? `Layer ${index + 1}` : `Layer ${index + 1} · ${nodes.length} in parallel`,
      nodes,
      names: nodes.slice(0, mostNames).map(nameOf),
      moreNames: Math.max(0, nodes.length - mostNames),
      critical: decisive === undefined ? null : nameOf(decisive),
    };
  });
}

/** What the duration of the critical path rests on. */
export const basisWords: Readonly<Record<WorkflowPlan['criticalPath']['basis'], string>> = {
  recorded: 'By earlier runs',
  mixed: 'By earlier runs and estimates',
  estimated: 'By estimates, no run yet',
};
