import type { RecordedFigures } from './problem.ts';

/** The figures of a node over several runs as one: their medians. A cost that is not known in one of the runs is not known. */
export function toMedianFigures(figures: readonly RecordedFigures[]): RecordedFigures {
  const costs = figures.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  return { ms: medianOf(figures.map(({ ms }) => ms)), costUsd: costs.length < figures.length ? null : medianOf(costs) };
}

/** Not the mean: a run that waited a night for an answer would decide it alone. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
