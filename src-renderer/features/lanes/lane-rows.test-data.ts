import type { LaneFigures } from '#shared/run/lane-figures.ts';

/** A lane in which nothing happens, but for what is given. */
export function aLane(change: Partial<LaneFigures>): LaneFigures {
  return {
    name: 'default',
    priority: 0,
    quota: null,
    maxDepth: null,
    whenFull: 'block',
    depth: 0,
    outside: 0,
    atWork: 0,
    paused: 0,
    waitP50Ms: null,
    waitP95Ms: null,
    perSecond: 0,
    rejected: 0,
    shed: 0,
    timedOut: 0,
    ...change,
  };
}
