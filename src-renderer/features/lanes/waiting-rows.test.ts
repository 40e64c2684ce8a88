import { expect, it } from 'vitest';
import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import { aLane } from './lane-rows.test-data.ts';
import { countWaiting, toWaitingRows } from './waiting-rows.ts';

const waiter = (node: string, lane: string, waitingMs: number) => ({
  runId: 'r1',
  node,
  nodeName: node.toUpperCase(),
  workflowName: 'Notes',
  lane,
  priority: 0,
  waitingMs,
});
const nothing = { lanes: [], workers: { now: 0, busy: 0, min: 0, max: 0 }, limits: [] };
const figures: SchedulingFigures = {
  nodes: { ...nothing, lanes: [aLane({ name: 'default', depth: 300, outside: 4 }), aLane({ name: 'slow', depth: 1 })] },
  calls: nothing,
  breakers: [],
  waiting: [waiter('a', 'default', 1_000), waiter('b', 'slow', 9_000), waiter('c', 'default', 5_000)],
};

it('lists who waits by the window’s clock, longest first', () => {
  expect(toWaitingRows(figures, 100_000, null).map(({ key, sinceMs }) => [key, sinceMs])).toEqual([
    ['r1 b', 91_000],
    ['r1 c', 95_000],
    ['r1 a', 99_000],
  ]);
});

it('narrows to a lane', () => {
  expect(toWaitingRows(figures, 0, 'default').map(({ node }) => node)).toEqual(['c', 'a']);
});

it('counts also those that the list has no room for', () => {
  expect([countWaiting(figures, null), countWaiting(figures, 'slow'), countWaiting(figures, 'gone')]).toEqual([305, 1, 0]);
});
