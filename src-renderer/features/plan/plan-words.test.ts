import { expect, test } from 'vitest';
import type { WorkflowPlan } from '#shared/workflow/problem.ts';
import { toEstimate, toLayerCards } from './plan-words.ts';

test('a layer says how many run at once, names the first, and which one decides', () => {
  const cards = toLayerCards(
    {
      layers: [['a'], ['b', 'c', 'd', 'e', 'f'], ['g']],
      parallelGroups: [['b', 'c', 'd', 'e', 'f']],
      criticalPath: { nodes: ['a', 'd'], totalMs: 5, basis: 'estimated' },
      recorded: { b: { ms: 2_000, costUsd: 0.1 }, c: { ms: 10, costUsd: 0.2 }, g: { ms: 5, costUsd: 0 } },
      costUsd: 0.3,
    },
    (node) => node.toUpperCase(),
  );
  expect(cards.map(({ nodes: _nodes, ...card }) => card)).toEqual([
    { title: 'Layer 1', names: ['A'], moreNames: 0, critical: 'A', figures: '–' },
    { title: 'Layer 2 · 5 in parallel', names: ['B', 'C', 'D', 'E'], moreNames: 1, critical: 'D', figures: '~ 2.0 s · $0.30' },
    { title: 'Layer 3', names: ['G'], moreNames: 0, critical: null, figures: '~ 5 ms' },
  ]);
});

const plan = { layers: [['a'], ['b']], parallelGroups: [], recorded: {}, costUsd: null };

test('what no run has said is a dash, not a guess', () => {
  expect(toEstimate({ ...plan, criticalPath: { nodes: ['a', 'b'], totalMs: 9_000, basis: 'estimated' } })).toEqual({
    time: '–',
    cost: '–',
    basis: 'No runs yet',
  });
});

test('an estimate says what it rests on', () => {
  const recorded = { a: { ms: 4_000, costUsd: 0.5 } };
  const mixed: WorkflowPlan = { ...plan, recorded, costUsd: 0.5, criticalPath: { nodes: ['a', 'b'], totalMs: 8_000, basis: 'mixed' } };
  expect(toEstimate(mixed)).toEqual({ time: 'about 8.0 s', cost: 'about $0.50', basis: 'Estimated from earlier runs, partly guessed' });
  const known: WorkflowPlan = { ...mixed, costUsd: null, criticalPath: { ...mixed.criticalPath, basis: 'recorded' } };
  expect(toEstimate(known)).toEqual({ time: 'about 8.0 s', cost: '–', basis: 'Estimated from earlier runs' });
});
