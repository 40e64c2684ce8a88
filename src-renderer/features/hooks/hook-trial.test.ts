import { expect, it } from 'vitest';
import type { HookPoint } from '#shared/workflow/document.ts';
import { beginRun, failed, recordFacts, started, succeeded } from '../../../tests/support/recorded-facts.ts';
import { toDocument } from '../../../tests/support/workflow-builder.ts';
import { toHookValues } from './hook-trial.ts';

const boom = { code: 'node.failed', message: 'boom' } as const;
const run = recordFacts(
  beginRun(toDocument({ a: { kind: 'tool' }, b: { kind: 'tool' } }, []), { inputs: { x: 1 } }),
  started('a', 1, { in: 'p' }),
  ['toolCall.requested', { frame: 'a#1/c1', tool: 'pay', arguments: { sum: 2 }, argumentsHash: 'h', callId: 'a' }],
  ['toolCall.started', { frame: 'a#1/c1', tool: 'pay', arguments: { sum: 2 }, effect: 'neither', idempotencyKey: 'k' }],
  ['toolCall.completed', { frame: 'a#1/c1', result: 'paid', isTruncated: false }],
  succeeded('a', { result: 'paid' }),
  started('b', 1, { in: 'q' }),
  failed('b', boom),
);
const tell = (point: HookPoint, nodes?: string[], of = run) => {
  const values = toHookValues({ id: 'h', point, action: { type: 'expression', expression: 'null' }, ...(nodes && { nodes }) }, of);
  return values === null ? null : [(values.node as { id: string } | null)?.id ?? null, values.value];
};

it('tells what a hook would have been told at each point', () => {
  expect(tell('beforeRun')).toEqual([null, { x: 1 }]);
  expect(tell('afterRun')).toBeNull();
  expect(tell('afterRun', [], recordFacts(run, ['run.failed', { error: boom, node: 'b' }]))).toEqual([
    null,
    { status: 'failed', error: boom },
  ]);
  expect(tell('beforeNode')).toEqual(['a', { in: 'p' }]);
  expect(tell('beforeNode', ['b'])).toEqual(['b', { in: 'q' }]);
  expect(tell('afterNode')).toEqual(['a', { result: 'paid' }]);
  expect(tell('beforeToolCall')).toEqual(['a', { tool: 'pay', arguments: { sum: 2 } }]);
  expect(tell('afterToolCall')).toEqual(['a', 'paid']);
  expect(tell('onError')).toEqual(['b', boom]);
  expect(tell('beforeModelCall')).toBeNull();
  expect(tell('afterToolCall', ['b'])).toBeNull();
});
