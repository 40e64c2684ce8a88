import { expect, it } from 'vitest';
import { beginRun, type Fact, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { planNext } from './plan-next.ts';

const error = { code: 'tool.failed', message: 'It broke' } as const;
const start = (node: string, attempt = 1, inputs = {}) => ({ type: 'startNode', node, attempt, inputs });
const queued = (attempt: number): Fact => ['node.queued', { node: 'a', attempt, lane: 'l', inputs: { x: attempt } }];

const apart = toDocument({ a: { kind: 'transform' }, b: { kind: 'transform' }, c: { kind: 'transform' } }, []);
const joined = toDocument({ a: { kind: 'transform' }, b: { kind: 'transform' }, c: { kind: 'merge', config: { mode: 'list' } } }, [
  'a.value->c.in',
  'b.value->c.in',
]);

it('only what changed and what follows it is looked at, each once', () => {
  const run = beginRun(apart);
  expect(planNext(run, ['a'])).toEqual([start('a')]);
  expect(planNext(run, ['c', 'a'])).toEqual([start('a'), start('c')]);
  const both = recordFacts(beginRun(joined), started('a'), started('b'), succeeded('a', { value: 1 }), succeeded('b', { value: 2 }));
  expect(planNext(both, ['a', 'b', 'a'])).toEqual([start('c', 1, { in: { a: 1, b: 2 } })]);
});

it('nothing is planned for what does not run: a note, and a node that is not there', () => {
  const noted = toDocument({ a: { kind: 'transform' }, note: { kind: 'note' } }, ['a.value->note.in', 'a.value->nowhere.in']);
  expect(planNext(beginRun(noted), ['a', 'note', 'nobody'])).toEqual([start('a')]);
});

it('the higher priority goes first, and among equals the earlier in the document', () => {
  const ranked = toDocument(
    {
      a: { kind: 'transform', priority: 1 },
      b: { kind: 'transform', priority: 5 },
      c: { kind: 'transform', priority: 1 },
      d: { kind: 'transform' },
    },
    [],
  );
  for (const changed of [undefined, ['d', 'c', 'b', 'a']])
    expect(planNext(beginRun(ranked), changed)).toEqual([start('b'), start('a'), start('c'), start('d')]);
});

it('a node that waits in its lane stays planned, at the attempt that it waits for', () => {
  const first = recordFacts(beginRun(apart), queued(1));
  expect(planNext(first, ['a'])).toEqual([start('a', 1, { x: 1 })]);
  const second = recordFacts(
    first,
    started('a'),
    ['node.failed', { node: 'a', attempt: 1, error, consequence: { type: 'retry', dueAtMs: 9 } }],
    queued(2),
  );
  expect(planNext(second, ['a'])).toEqual([start('a', 2, { x: 2 })]);
});

it('what hangs on a node that was left out is left out for that, not for a branch', () => {
  const chain = toDocument({ a: { kind: 'transform', disabled: true }, b: { kind: 'transform' } }, ['a.value->b.in']);
  const run = beginRun(chain);
  expect(planNext(run)).toEqual([{ type: 'skipNode', node: 'a', reason: 'disabled' }]);
  const skipped = recordFacts(run, ['node.skipped', { node: 'a', reason: 'disabled' }]);
  expect(planNext(skipped)).toEqual([{ type: 'skipNode', node: 'b', reason: 'upstreamSkipped' }]);
});
