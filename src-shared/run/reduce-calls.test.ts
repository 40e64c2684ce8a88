import { expect, it } from 'vitest';
import { beginRun, type Fact, recordFacts, started } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { findNodeState } from './node-states.ts';
import { callsOf } from './reduce-calls.ts';
import type { AttemptState, RunState } from './state.ts';

const run = recordFacts(beginRun(toDocument({ a: { kind: 'agent' } }, [])), started('a'));
const turn = (number: number): Fact => ['turn.started', { frame: `a#1/t${number}`, turn: number }];
const requested = (frame: string): Fact => [
  'toolCall.requested',
  { frame, tool: 'mail', arguments: {}, argumentsHash: 'h', callId: frame },
];
const done = (frame: string): Fact => ['toolCall.completed', { frame, result: 1, isTruncated: false }];

function attempt(state: RunState): AttemptState {
  const node = findNodeState(state, 'a');
  if (node === undefined || node.status === 'pending' || node.attempts[0] === undefined) throw new Error('a has no attempt');
  return node.attempts[0];
}
const frames = (state: RunState) => callsOf(attempt(state)).map(({ frame, endedAtMs }) => [frame, endedAtMs !== null]);

it('a call hangs on the turn that its frame names, or on the attempt', () => {
  const state = recordFacts(run, requested('a#1/c1'), turn(1), turn(2), requested('a#1/t2/c1'), requested('a#1/t1/c1'));
  expect(attempt(state).calls.map(({ frame }) => frame)).toEqual(['a#1/c1']);
  expect(attempt(state).turns.map(({ calls }) => calls.map(({ frame }) => frame))).toEqual([['a#1/t1/c1'], ['a#1/t2/c1']]);
  expect(frames(state)).toEqual([
    ['a#1/c1', false],
    ['a#1/t1/c1', false],
    ['a#1/t2/c1', false],
  ]);
});

it('only the call that is named changes, where it hangs', () => {
  const state = recordFacts(
    run,
    turn(1),
    turn(2),
    requested('a#1/t1/c1'),
    requested('a#1/t1/c2'),
    requested('a#1/c1'),
    requested('a#1/c2'),
  );
  expect(frames(recordFacts(state, done('a#1/t1/c1'), done('a#1/c2')))).toEqual([
    ['a#1/c1', false],
    ['a#1/c2', true],
    ['a#1/t1/c1', true],
    ['a#1/t1/c2', false],
  ]);
});

it('a call that was never asked for, or in a turn that never began, is refused', () => {
  expect(() => recordFacts(run, done('a#1/c1'))).toThrow('No call a#1/c1');
  expect(() => recordFacts(run, requested('a#1/t1/c1'))).toThrow('No turn for a#1/t1/c1');
});
