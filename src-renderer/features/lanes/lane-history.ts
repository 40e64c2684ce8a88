import type { SchedulingFigures } from '#shared/contract/lanes.ts';

/** How many waited in each lane, second by second, the newest last. */
export type LaneHistory = Readonly<Record<string, readonly number[]>>;

/** Two minutes at a sample a second. */
export const mostSamples = 120;

/** One more sample of every lane; a lane that is gone is forgotten. */
export function withSample(history: LaneHistory, { nodes }: Pick<SchedulingFigures, 'nodes'>): LaneHistory {
  return Object.fromEntries(
    nodes.lanes.map(({ name, depth, outside }) => [name, [...(history[name] ?? []), depth + outside].slice(-mostSamples)]),
  );
}
