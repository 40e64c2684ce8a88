import { expect, test } from 'vitest';
import type { WorkflowDocument } from './document.ts';
import { planWorkflow } from './plan.ts';

function draw(edges: string, changes: Readonly<Record<string, Partial<WorkflowDocument['nodes'][number]>>> = {}): WorkflowDocument {
  const pairs = edges
    .split(' ')
    .filter(Boolean)
    .map((pair) => pair.split('>') as [string, string]);
  return {
    schemaVersion: 1,
    name: 'test',
    nodes: [...new Set([...pairs.flat(), ...Object.keys(changes)])].map((id) => ({
      id,
      kind: 'prompt',
      name: id,
      position: { x: 0, y: 0 },
      config: {},
      ...changes[id],
    })),
    edges: pairs.map(([from, to]) => ({ from: { node: from, port: 'text' }, to: { node: to, port: 'in' } })),
  };
}

const toFigures = (durations: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(durations).map(([id, ms]) => [id, { ms, costUsd: 0 }]));

const research = 'brief>a brief>b a>writer b>writer writer>reviewer brief>reviewer';

test('nodes that do not wait for each other share a layer', () => {
  const plan = planWorkflow(draw(research));
  expect(plan.layers).toEqual([['brief'], ['a', 'b'], ['writer'], ['reviewer']]);
  expect(plan.parallelGroups).toEqual([['a', 'b']]);
});

test('the critical path follows the slowest way by recorded durations', () => {
  expect(planWorkflow(draw(research), toFigures({ brief: 1, a: 20, b: 300, writer: 40, reviewer: 5 })).criticalPath).toEqual({
    nodes: ['brief', 'b', 'writer', 'reviewer'],
    totalMs: 346,
    basis: 'recorded',
  });
});

test('it says when durations are guesses, wholly or in part', () => {
  const estimated = planWorkflow(draw('a>b')).criticalPath;
  expect(estimated).toEqual({ nodes: ['a', 'b'], totalMs: 8_000, basis: 'estimated' });
  expect(planWorkflow(draw('a>b'), toFigures({ a: 10 })).criticalPath).toEqual({ nodes: ['a', 'b'], totalMs: 4_010, basis: 'mixed' });
});

test('notes and disabled nodes are not planned, unknown kinds are', () => {
  const document = draw('a>b b>c', { b: { disabled: true }, n: { kind: 'note' }, x: { kind: 'loom' } });
  expect(planWorkflow(document).layers).toEqual([['a', 'c', 'x']]);
});

test('what lies in or behind a cycle is left out, and an empty workflow has an empty plan', () => {
  expect(planWorkflow(draw('a>b b>c c>b c>d')).layers).toEqual([['a']]);
  expect(planWorkflow(draw(''))).toEqual({
    layers: [],
    parallelGroups: [],
    criticalPath: { nodes: [], totalMs: 0, basis: 'estimated' },
    recorded: {},
    costUsd: null,
  });
});

test('a chain of ten thousand nodes is planned without recursion', () => {
  const chain = Array.from({ length: 9_999 }, (_, index) => `n${index}>n${index + 1}`).join(' ');
  const { layers, criticalPath } = planWorkflow(draw(chain));
  expect([layers.length, criticalPath.nodes.length, criticalPath.totalMs]).toEqual([10_000, 10_000, 40_000_000]);
});

test('the cost is that of all planned nodes, unknown when none has run or a call had no price', () => {
  const document = draw('a>b', { off: { disabled: true } });
  expect(planWorkflow(document).costUsd).toBeNull();
  const recorded = { a: { ms: 1, costUsd: 0.25 }, b: { ms: 1, costUsd: 0.5 }, off: { ms: 1, costUsd: 9 } };
  expect(planWorkflow(document, recorded).costUsd).toBe(0.75);
  expect(planWorkflow(document, { ...recorded, b: { ms: 1, costUsd: null } }).costUsd).toBeNull();
});
