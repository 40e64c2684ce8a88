import { expect, it } from 'vitest';
import type { LaneFigures } from '#shared/run/lane-figures.ts';
import { mostSamples, withSample } from './lane-history.ts';
import { aLane } from './lane-rows.test-data.ts';

const figures = (...lanes: readonly LaneFigures[]) => ({
  nodes: { lanes: [...lanes], workers: { now: 1, busy: 0, min: 1, max: 1 }, limits: [] },
});

it('keeps how many waited in each lane, inside and outside of the queue', () => {
  const first = withSample({}, figures(aLane({ name: 'default', depth: 2 }), aLane({ name: 'slow', depth: 5, outside: 3 })));
  expect(withSample(first, figures(aLane({ name: 'default', depth: 1 }), aLane({ name: 'slow', depth: 0 })))).toEqual({
    default: [2, 1],
    slow: [8, 0],
  });
});

it('forgets a lane that is gone, and what is older than two minutes', () => {
  const full = { default: Array.from({ length: mostSamples }, (_, index) => index), gone: [1] };
  const after = withSample(full, figures(aLane({ name: 'default', depth: 999 })));
  expect(Object.keys(after)).toEqual(['default']);
  expect(after.default).toHaveLength(mostSamples);
  expect([after.default?.[0], after.default?.at(-1)]).toEqual([1, 999]);
});
