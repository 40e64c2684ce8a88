import { describe, expect, it } from 'vitest';
import { beginRun, type Fact, failed, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { findNodeState, findScope } from './node-states.ts';
import type { AttemptState, NodeState, RunState } from './state.ts';
import { noUsage } from './usage.ts';

const error = { code: 'tool.failed', message: 'It broke' } as const;
const other = { code: 'tool.failed', message: 'It broke too' } as const;

const part = toDocument({ inner: { kind: 'transform' }, undoInner: { kind: 'transform' } }, []);
const workflow = toDocument(
  { a: { kind: 'transform', compensation: 'undo' }, b: { kind: 'transform' }, undo: { kind: 'transform' }, each: { kind: 'map' } },
  [],
);
const run = beginRun(workflow, { subworkflows: { 'part.heddle.json': part } });

const a1: AttemptState = {
  frame: 'a#1',
  attempt: 1,
  inputs: { x: 1 },
  startedAtMs: 20,
  startedSeq: 2,
  endedAtMs: null,
  error: null,
  turns: [],
  calls: [],
  scopes: [],
  openScopes: 0,
  waits: [],
  hooks: [],
  openQuestions: [],
  began: null,
};
const began = started('a', 1, { x: 1 });
const retries = (dueAtMs: number): Fact => ['node.failed', { node: 'a', attempt: 1, error, consequence: { type: 'retry', dueAtMs } }];
const queued = (lane: string): Fact => ['node.queued', { node: 'a', attempt: 1, lane, inputs: { x: 1 } }];

const a = (state: RunState): NodeState | undefined => findNodeState(state, 'a');
const counts = ({ unsettledNodes, atWork, activeNodes, failure }: RunState) => ({ unsettledNodes, atWork, activeNodes, failure });

describe('a node', () => {
  it('that is queued keeps its inputs and lane, and moves only while it waits', () => {
    const waiting = recordFacts(run, queued('slow'));
    expect(a(waiting)).toEqual({ status: 'queued', queuedAtMs: 20, lane: 'slow', inputs: { x: 1 }, attempts: [], usage: noUsage });
    expect(counts(waiting)).toEqual({ unsettledNodes: 3, atWork: 1, activeNodes: 1, failure: null });
    const move: Fact = ['node.moved', { node: 'a', lane: 'fast', by: 'me' }];
    expect(a(recordFacts(waiting, move))).toEqual({ ...a(waiting), lane: 'fast' });
    const running = recordFacts(waiting, began);
    expect(a(recordFacts(running, move))).toEqual(a(running));
  });

  it('that starts has a fresh attempt, which remembers when and by which event', () => {
    const running = recordFacts(run, began);
    expect(a(running)).toEqual({ status: 'running', startedAtMs: 20, attempts: [a1], usage: noUsage });
    expect(counts(running)).toEqual({ unsettledNodes: 3, atWork: 1, activeNodes: 1, failure: null });
  });

  it('that succeeds has settled with its outputs', () => {
    const done = recordFacts(run, began, succeeded('a', { value: 2 }));
    expect(a(done)).toEqual({
      status: 'succeeded',
      startedAtMs: 20,
      endedAtMs: 30,
      outputs: { value: 2 },
      settledSeq: 3,
      attempts: [{ ...a1, endedAtMs: 30 }],
      usage: noUsage,
    });
    expect(counts(done)).toEqual({ unsettledNodes: 2, atWork: 0, activeNodes: 0, failure: null });
  });

  it('that is tried again keeps its first start and its earlier attempts', () => {
    const retrying = recordFacts(run, began, retries(99));
    const attempts = [{ ...a1, endedAtMs: 30, error }];
    expect(a(retrying)).toEqual({ status: 'retrying', startedAtMs: 20, dueAtMs: 99, error, attempts, usage: noUsage });
    expect(counts(retrying)).toEqual({ unsettledNodes: 3, atWork: 1, activeNodes: 1, failure: null });
    const second = { ...a1, frame: 'a#2', attempt: 2, startedAtMs: 40, startedSeq: 4, inputs: {} };
    const again = recordFacts(retrying, started('a', 2));
    expect(a(again)).toEqual({ status: 'running', startedAtMs: 20, attempts: [...attempts, second], usage: noUsage });
    const done = recordFacts(again, succeeded('a', {}, 2));
    expect(a(done)).toMatchObject({ startedAtMs: 20, endedAtMs: 50, attempts: [...attempts, { ...second, endedAtMs: 50 }] });
  });

  it('that waits in its lane between two attempts keeps what it had', () => {
    const back = recordFacts(run, began, retries(99), queued('slow'));
    expect(a(back)).toEqual({
      status: 'queued',
      queuedAtMs: 40,
      lane: 'slow',
      inputs: { x: 1 },
      attempts: [{ ...a1, endedAtMs: 30, error }],
      usage: noUsage,
    });
    const stopped = recordFacts(back, ['node.cancelled', { node: 'a', attempt: 2 }]);
    expect(a(stopped)).toEqual({
      status: 'cancelled',
      startedAtMs: 20,
      endedAtMs: 50,
      settledSeq: 5,
      attempts: [{ ...a1, endedAtMs: 30, error }],
      usage: noUsage,
    });
  });

  it('that fails for good stops its graph, of which the first failure is kept', () => {
    const broken = recordFacts(run, began, started('b'), failed('a', error));
    expect(a(broken)).toEqual({
      status: 'failed',
      startedAtMs: 20,
      endedAtMs: 40,
      error,
      settledSeq: 4,
      attempts: [{ ...a1, endedAtMs: 40, error }],
      usage: noUsage,
    });
    expect(counts(broken)).toEqual({ unsettledNodes: 2, atWork: 1, activeNodes: 1, failure: { node: 'a', error } });
    expect(recordFacts(broken, failed('b', other)).failure).toEqual({ node: 'a', error });
  });

  it('that fails and may be left out lets its graph go on', () => {
    const left = recordFacts(run, began, ['node.failed', { node: 'a', attempt: 1, error, consequence: { type: 'skip' } }]);
    const attempts = [{ ...a1, endedAtMs: 30, error }];
    expect(a(left)).toEqual({ status: 'skipped', reason: 'failed', settledSeq: 3, attempts, usage: noUsage });
    expect(counts(left)).toEqual({ unsettledNodes: 2, atWork: 0, activeNodes: 0, failure: null });
  });

  it('that is skipped never had an attempt', () => {
    const skipped = recordFacts(run, ['node.skipped', { node: 'a', reason: 'disabled' }]);
    expect(a(skipped)).toEqual({ status: 'skipped', reason: 'disabled', settledSeq: 2, attempts: [], usage: noUsage });
    expect(counts(skipped)).toEqual({ unsettledNodes: 2, atWork: 0, activeNodes: 0, failure: null });
  });

  it('that is cancelled ends its attempt, or has none when it was only queued', () => {
    const stop: Fact = ['node.cancelled', { node: 'a', attempt: 1 }];
    const cancelled = { status: 'cancelled', usage: noUsage, settledSeq: 3, endedAtMs: 30 };
    expect(a(recordFacts(run, began, stop))).toEqual({ ...cancelled, startedAtMs: 20, attempts: [{ ...a1, endedAtMs: 30 }] });
    expect(a(recordFacts(run, queued('slow'), stop))).toEqual({ ...cancelled, startedAtMs: 30, attempts: [] });
    const waiting = recordFacts(run, began, retries(99), stop);
    expect(a(waiting)).toEqual({
      ...{ ...cancelled, settledSeq: 4, endedAtMs: 40 },
      startedAtMs: 20,
      attempts: [{ ...a1, endedAtMs: 30, error }],
    });
  });

  it('that cannot start for its inputs fails out of its lane', () => {
    expect(a(recordFacts(run, queued('slow'), failed('a', error)))).toMatchObject({ status: 'failed', startedAtMs: 30, attempts: [] });
  });

  it('that is not at work can neither end nor stop', () => {
    expect(() => recordFacts(run, succeeded('a'))).toThrow('a is pending, not at work');
    expect(() => recordFacts(run, began, succeeded('a'), failed('a', error))).toThrow('a is succeeded, not at work');
    expect(() => recordFacts(run, began, succeeded('a'), ['node.cancelled', { node: 'a', attempt: 1 }])).toThrow(
      'a is succeeded, not at work',
    );
  });

  it('that undoes another does not fail its graph', () => {
    const undone = recordFacts(run, began, succeeded('a'), started('undo'), failed('undo', error));
    expect(counts(undone)).toEqual({ unsettledNodes: 2, atWork: 0, activeNodes: 0, failure: null });
  });
});

describe('a scope', () => {
  const open: Fact = ['scope.started', { scope: 'each#1/i3', workflowPath: 'part.heddle.json', inputs: { item: 'd' } }];
  const opened = recordFacts(run, started('each'), open);
  const fresh = {
    nodes: [{ status: 'pending' }, { status: 'pending' }],
    unsettledNodes: 2,
    atWork: 0,
    failure: null,
    saga: null,
    path: 'each#1/i3',
    index: 3,
    workflowPath: 'part.heddle.json',
    inputs: { item: 'd' },
    status: 'running',
    startedAtMs: 30,
    endedAtMs: null,
    endedSeq: null,
    outputs: null,
    error: null,
    failedNode: null,
    cancelReason: null,
  };
  const scope = (state: RunState) => findScope(state, 'each#1/i3');

  it('is a graph of its own below the attempt that opened it, and its work counts instead', () => {
    expect(scope(opened)).toEqual(fresh);
    expect(findNodeState(opened, 'each')).toMatchObject({ status: 'running', attempts: [{ openScopes: 1 }] });
    expect(counts(opened)).toEqual({ unsettledNodes: 3, atWork: 1, activeNodes: 0, failure: null });
    const busy = recordFacts(opened, started('each#1/i3/inner'));
    expect(counts(busy)).toEqual({ unsettledNodes: 3, atWork: 1, activeNodes: 1, failure: null });
    expect(scope(busy)).toMatchObject({ unsettledNodes: 2, atWork: 1 });
  });

  it('ends as what came of it, once', () => {
    const end = { endedAtMs: 40, endedSeq: 4 };
    const won = recordFacts(opened, ['scope.succeeded', { scope: 'each#1/i3', outputs: { y: 1 } }]);
    expect(scope(won)).toEqual({ ...fresh, ...end, status: 'succeeded', outputs: { y: 1 } });
    expect(findNodeState(won, 'each')).toMatchObject({ attempts: [{ openScopes: 0 }] });
    expect(counts(won)).toMatchObject({ activeNodes: 1 });
    expect(scope(recordFacts(opened, ['scope.failed', { scope: 'each#1/i3', error, node: 'each#1/i3/inner' }]))).toEqual({
      ...{ ...fresh, ...end, status: 'failed', error },
      failedNode: 'each#1/i3/inner',
    });
    expect(() => recordFacts(won, ['scope.cancelled', { scope: 'each#1/i3' }])).toThrow('Scope each#1/i3 has ended before');
  });

  it('is cancelled when it was asked to be and has stopped', () => {
    const asked = recordFacts(opened, ['scope.cancelRequested', { scope: 'each#1/i3', reason: 'enough' }]);
    expect(scope(asked)).toEqual({ ...fresh, status: 'cancelling', cancelReason: 'enough' });
    expect(scope(recordFacts(asked, ['scope.cancelled', { scope: 'each#1/i3' }]))).toEqual({
      ...{ ...fresh, status: 'cancelled', cancelReason: 'enough' },
      ...{ endedAtMs: 50, endedSeq: 5 },
    });
  });

  it('fails by the failure of a node in it, which the run itself does not', () => {
    const broken = recordFacts(opened, started('each#1/i3/inner'), failed('each#1/i3/inner', error));
    expect(scope(broken)?.failure).toEqual({ node: 'inner', error });
    expect(broken.failure).toBeNull();
  });

  it('cannot begin below what is not at work', () => {
    expect(() => recordFacts(run, open)).toThrow('each has no attempt 1 at work');
    expect(() => recordFacts(run, started('each'), succeeded('each'), open)).toThrow('each has no attempt 1 at work');
    expect(() =>
      recordFacts(run, started('each'), ['scope.started', { scope: 'each#2/i0', workflowPath: 'part.heddle.json', inputs: {} }]),
    ).toThrow('each has no attempt 2 at work');
  });
});

describe('a saga', () => {
  it('begins with its reason and ends with what could not be undone, in the run and in a scope', () => {
    const begun = recordFacts(run, ['saga.started', { scope: '', reason: 'It broke' }]);
    expect(begun.saga).toEqual({ status: 'compensating', reason: 'It broke', startedAtMs: 20 });
    expect(begun.status).toBe('compensating');
    const over = recordFacts(begun, ['saga.completed', { scope: '', failed: ['undo'] }]);
    expect(over.saga).toEqual({ status: 'completed', reason: 'It broke', startedAtMs: 20, endedAtMs: 30, failed: ['undo'] });
    expect(over.status).toBe('running');
    const below = recordFacts(
      run,
      started('each'),
      ['scope.started', { scope: 'each#1/i0', workflowPath: 'part.heddle.json', inputs: {} }],
      ['saga.started', { scope: 'each#1/i0', reason: 'It broke' }],
    );
    expect([findScope(below, 'each#1/i0')?.saga?.status, below.saga]).toEqual(['compensating', null]);
  });

  it('that never began cannot end', () => {
    expect(() => recordFacts(run, ['saga.completed', { scope: '', failed: [] }])).toThrow('Scope “” compensates nothing');
  });
});
