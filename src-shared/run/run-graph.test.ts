import { expect, test } from 'vitest';
import { toStartedEvent } from '../../tests/support/run-started.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { rankOf } from './node-states.ts';
import { reduceRun } from './reduce-run.ts';
import { toRunGraph } from './run-graph.ts';

const tool = { kind: 'tool' as const, config: { tool: 'work', arguments: {} } };

test('a node ranks by the slowest chain that begins with it', () => {
  const document = toDocument({ a: tool, b: tool, c: tool, alone: tool, think: { kind: 'agent' } }, [
    'a.result->b.in',
    'b.result->c.in',
    'a.result->think.in',
  ]);
  const ranks = Object.fromEntries([...toRunGraph(document)].map(([id, { rank }]) => [id, rank]));
  expect(ranks).toEqual({ a: 16_000, b: 2000, c: 1000, alone: 1000, think: 15_000 });
});

test('what lies in or behind a cycle has no rank, and is no endless work to look at', () => {
  const document = toDocument({ a: tool, b: tool, c: tool }, ['a.result->b.in', 'b.result->a.in', 'b.result->c.in']);
  expect([...toRunGraph(document).values()].map(({ rank }) => rank)).toEqual([0, 0, 0]);
});

test('what lies before a cycle ranks as if that were not there', () => {
  const document = toDocument({ first: tool, a: tool, b: tool }, ['first.result->a.in', 'a.result->b.in', 'b.result->a.in']);
  expect([...toRunGraph(document).values()].map(({ rank }) => rank)).toEqual([1000, 0, 0]);
});

test('a node of the run itself ranks as in its workflow', () => {
  const workflow = toDocument({ a: tool, b: tool }, ['a.result->b.in']);
  const state = reduceRun(null, toStartedEvent(workflow));
  expect([rankOf(state, 'a'), rankOf(state, 'b'), rankOf(state, 'stranger')]).toEqual([2000, 1000, 0]);
});
