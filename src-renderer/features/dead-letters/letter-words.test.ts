import { expect, it } from 'vitest';
import type { FiledDeadLetter } from '#shared/contract/dead-letters.ts';
import { selectShownLetter, toReasonWords, toReruns, toSortWords } from './letter-words.ts';

const letter = (id: string, runId: string, type: FiledDeadLetter['type'] = 'node'): FiledDeadLetter => ({
  id,
  runId,
  type,
  workflowName: 'Notes',
  workflowPath: null,
  node: 'a',
  nodeName: 'A',
  document: null,
  scope: null,
  frame: 'a#1',
  attempts: 1,
  lane: null,
  inputs: {},
  error: { code: 'node.failed', message: 'no' },
  reason: 'lasting',
  effect: 'runFailed',
  failedAtMs: 0,
  handling: { type: 'open' },
});

it('runs a run once for all its letters, and each undoing alone', () => {
  const letters = [
    letter('1', 'r1'),
    letter('2', 'r1', 'item'),
    letter('3', 'r1', 'compensation'),
    letter('4', 'r2'),
    letter('5', 'r1', 'compensation'),
  ];
  expect(toReruns(letters).map(({ id }) => id)).toEqual(['1', '3', '4', '5']);
});

it('shows the chosen letter while it is there, else the newest', () => {
  const letters = [letter('1', 'r1'), letter('2', 'r1')];
  expect([selectShownLetter(letters, '2')?.id, selectShownLetter(letters, 'gone')?.id, selectShownLetter([], '1')]).toEqual([
    '2',
    '1',
    null,
  ]);
});

it('says after how many tries, and in which item', () => {
  expect(toReasonWords({ reason: 'noTriesLeft', attempts: 3 })).toBe('Failed after 3 tries; no more were allowed');
  expect(toReasonWords({ reason: 'lasting', attempts: 1 })).toBe('Failed after 1 try; trying again would meet the same');
  expect(toSortWords({ type: 'node', scope: { path: 'm#1/i4', index: 4, workflowPath: 'x', inputs: {} } })).toBe('Node in item 5');
});
