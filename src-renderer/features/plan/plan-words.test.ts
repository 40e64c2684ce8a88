import { expect, test } from 'vitest';
import { toLayerCards } from './plan-words.ts';

test('a layer says how many run at once, names the first, and which one decides', () => {
  const cards = toLayerCards(
    {
      layers: [['a'], ['b', 'c', 'd', 'e', 'f'], ['g']],
      parallelGroups: [['b', 'c', 'd', 'e', 'f']],
      criticalPath: { nodes: ['a', 'd'], totalMs: 5, basis: 'estimated' },
    },
    (node) => node.toUpperCase(),
  );
  expect(cards.map(({ nodes: _nodes, ...card }) => card)).toEqual([
    { title: 'Layer 1', names: ['A'], moreNames: 0, critical: 'A' },
    { title: 'Layer 2 · 5 in parallel', names: ['B', 'C', 'D', 'E'], moreNames: 1, critical: 'D' },
    { title: 'Layer 3', names: ['G'], moreNames: 0, critical: null },
  ]);
});
