import { expect, it } from 'vitest';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toStartedEvent } from '../../../tests/support/run-started.ts';
import { toDocument } from '../../../tests/support/workflow-builder.ts';
import { listActions, listCases, listSteerable, readChange, toChangeWords, toFirstText } from './steering-form.ts';
import { listUndoable } from './undoable.ts';

const document = toDocument(
  {
    way: { kind: 'branch', config: { cases: [{ name: 'yes', when: 'true' }] } },
    pay: { kind: 'tool', config: { tool: 'pay', arguments: {} }, compensation: 'refund' },
    refund: { kind: 'tool', config: { tool: 'refund', arguments: {} } },
  },
  [],
);
const inner = toDocument({ step: { kind: 'transform' } }, []);
const started = toStartedEvent(document, { subworkflows: { 'inner.heddle.json': inner } });
const fresh = foldRun([started]) as RunState;
const paid = foldRun([
  started,
  { stream: 'run/r', seq: 2, type: 'node.started', version: 1, atMs: 1, data: { node: 'pay', attempt: 1, inputs: {} } },
  { stream: 'run/r', seq: 3, type: 'node.succeeded', version: 1, atMs: 2, data: { node: 'pay', attempt: 1, outputs: { result: 1 } } },
]) as RunState;

function find(state: RunState, key: string) {
  const found = listSteerable(state).find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`No ${key}`);
  return found;
}

it('what has begun cannot be steered any more, and what runs below always can', () => {
  expect(listSteerable(fresh).map(({ key }) => key)).toEqual([':way', ':pay', ':refund', 'inner.heddle.json:step']);
  expect(listSteerable(paid).map(({ key }) => key)).not.toContain(':pay');
  expect(find(fresh, 'inner.heddle.json:step').label).toBe('Test workflow › step');
});

it('a branch can be told its way, other nodes cannot', () => {
  expect(listActions(find(fresh, ':way')).map(({ value }) => value)).toContain('path');
  expect(listActions(find(fresh, ':pay')).map(({ value }) => value)).not.toContain('path');
  expect(listCases(find(fresh, ':way'))).toEqual(['yes', 'else']);
  expect(readChange(find(fresh, ':way'), { action: 'path', text: 'else' })).toEqual({
    type: 'change',
    steering: { type: 'path', workflow: null, node: 'way', case: 'else' },
  });
});

it('settings that are no JSON object are refused in words, and others say what they change', () => {
  const pay = find(fresh, ':pay');
  expect(readChange(pay, { action: 'config', text: '[1]' })).toMatchObject({ type: 'wrong' });
  expect(readChange(pay, { action: 'policy', text: '{"maxAttempts": 0}' })).toMatchObject({ type: 'wrong' });
  const change = readChange(pay, { action: 'config', text: toFirstText(pay, 'config').replace('"pay"', '"pay_later"') });
  if (change.type !== 'change') throw new Error(change.problem);
  expect(toChangeWords(fresh, change.steering)).toBe('pay gets other settings: tool');
});

it('only what has completed can be undone', () => {
  expect(listUndoable(fresh)).toEqual([]);
  expect(listUndoable(paid)).toEqual([{ address: 'refund', name: 'refund' }]);
});
