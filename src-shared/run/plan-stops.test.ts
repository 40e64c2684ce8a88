import { describe, expect, it } from 'vitest';
import { beginRun, type Fact, failed, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { WorkflowNode } from '../workflow/document.ts';
import { listUndoing } from './compensations.ts';
import { isOverBudget, planNext } from './plan-next.ts';

const error = { code: 'tool.failed', message: 'It broke' } as const;
const cancel: Fact = ['run.cancelRequested', { reason: 'enough' }];
const queued = (node: string, inputs = {}, attempt = 1): Fact => ['node.queued', { node, attempt, lane: 'l', inputs }];
const retries = (node: string, dueAtMs: number): Fact => [
  'node.failed',
  { node, attempt: 1, error, consequence: { type: 'retry', dueAtMs } },
];
const cancelled = (node: string): Fact => ['node.cancelled', { node, attempt: 1 }];
const scopeStarted = (scope: string, workflowPath = 'part'): Fact => ['scope.started', { scope, workflowPath, inputs: {} }];

const three = toDocument({ a: { kind: 'transform' }, b: { kind: 'transform' }, c: { kind: 'transform' } }, ['b.value->c.in']);

describe('a run that is cancelled', () => {
  const run = recordFacts(beginRun(three), queued('a'), started('b'));

  it('stops what is at work, starts nothing, and ends when all has stopped', () => {
    const asked = recordFacts(run, cancel);
    expect(planNext(asked)).toEqual([
      { type: 'stopNode', node: 'a' },
      { type: 'stopNode', node: 'b' },
    ]);
    const one = recordFacts(asked, cancelled('a'));
    expect(planNext(one)).toEqual([{ type: 'stopNode', node: 'b' }]);
    // Around what changed there is nothing to stop; that b is at work keeps the run from its end.
    expect(planNext(one, ['a'])).toEqual([]);
    expect(planNext(recordFacts(one, cancelled('b')), ['b'])).toEqual([{ type: 'cancelRun', reason: 'enough' }]);
  });

  it('is cancelled, not failed, also when something failed meanwhile', () => {
    const both = recordFacts(run, failed('b', error), cancel, cancelled('a'));
    expect(planNext(both)).toEqual([{ type: 'cancelRun', reason: 'enough' }]);
  });

  it('undoes nothing unless that was asked for', () => {
    const document = toDocument(
      { a: { kind: 'transform', compensation: 'undo' }, undo: { kind: 'transform' }, b: { kind: 'transform' } },
      [],
    );
    const done = recordFacts(beginRun(document), started('a'), succeeded('a'));
    expect(planNext(recordFacts(done, cancel))).toEqual([{ type: 'cancelRun', reason: 'enough' }]);
    expect(planNext(recordFacts(done, ['run.compensationRequested', { reason: 'enough', by: 'me' }]))).toEqual([
      { type: 'startSaga', scope: '', reason: 'enough' },
    ]);
  });

  it('that should undo what nobody did is only cancelled', () => {
    expect(planNext(recordFacts(beginRun(three), ['run.compensationRequested', { reason: 'enough', by: 'me' }]))).toEqual([
      { type: 'cancelRun', reason: 'enough' },
    ]);
  });
});

describe('a run that fails', () => {
  it('stops everything at the first look, and around what changed at later ones', () => {
    const broken = recordFacts(beginRun(three), started('a'), started('b'), failed('a', error));
    expect(planNext(broken, ['a'])).toEqual([{ type: 'stopNode', node: 'b' }]);
    expect(planNext(broken)).toEqual([{ type: 'stopNode', node: 'b' }]);
    expect(planNext(broken, ['b'])).toEqual([{ type: 'stopNode', node: 'b' }]);
    expect(planNext(broken, ['c'])).toEqual([]);
    expect(planNext(broken, ['nobody'])).toEqual([]);
  });
});

describe('a run that is interrupted', () => {
  const hold: Fact = ['run.interruptRequested', { mode: 'finish', reason: '', by: 'me' }];

  it('starts nothing and tries nothing again, but still leaves out what cannot run', () => {
    const document = toDocument({ a: { kind: 'transform' }, b: { kind: 'transform', disabled: true }, c: { kind: 'transform' } }, []);
    const held = recordFacts(beginRun(document), started('a'), retries('a', 99), hold);
    expect(planNext(held)).toEqual([{ type: 'skipNode', node: 'b', reason: 'disabled' }]);
    expect(planNext(recordFacts(held, ['run.interrupted', {}]))).toEqual([]);
    expect(planNext(recordFacts(held, ['run.interrupted', {}], ['run.continued', { by: 'me' }]))).toEqual([
      { type: 'retryNodeAt', node: 'a', attempt: 2, dueAtMs: 99 },
      { type: 'skipNode', node: 'b', reason: 'disabled' },
      { type: 'startNode', node: 'c', attempt: 1, inputs: {} },
    ]);
  });
});

describe('a budget', () => {
  const answered = (costUsd: number | null): Fact[] => [
    started('a'),
    [
      'modelCall.started',
      {
        frame: 'a#1/m1',
        request: { model: 'p/m', messages: [], tools: [], toolChoice: 'auto', baseFrame: null, keptMessages: 0 },
        requestHash: 'h',
        idempotencyKey: 'k',
      },
    ],
    ['modelCall.completed', { frame: 'a#1/m1', answer: { text: '', toolCalls: [], finishReason: 'stop', usage: null, costUsd } }],
  ];
  const begin = (budgetUsd: number | null) => beginRun(three, { budgetUsd });

  it('interrupts the run that has cost as much, whatever else could go on', () => {
    const spent = recordFacts(begin(1), ...answered(1));
    expect(planNext(spent)).toEqual([{ type: 'interruptRun', reason: 'The run has cost its budget of $1.' }]);
    expect(isOverBudget(recordFacts(begin(1), ...answered(0.99)))).toBe(false);
    expect(isOverBudget(recordFacts(begin(null), ...answered(1)))).toBe(false);
  });

  it('of nothing allows a run that asks no model, and not one call', () => {
    expect(isOverBudget(begin(0))).toBe(false);
    expect(isOverBudget(recordFacts(begin(0), ...answered(0)))).toBe(true);
    expect(isOverBudget(recordFacts(begin(0), ...answered(null)))).toBe(true);
    expect(isOverBudget(recordFacts(begin(1), ...answered(null)))).toBe(false);
  });

  it('does not interrupt what is held, ends anyhow, or has nothing left to do', () => {
    const spent = recordFacts(begin(1), ...answered(1));
    const calm: Fact[][] = [
      [['run.interruptRequested', { mode: 'finish', reason: '', by: 'me' }]],
      [cancel],
      [failed('a', error)],
      [succeeded('a'), ['node.skipped', { node: 'b', reason: 'disabled' }], ['node.skipped', { node: 'c', reason: 'disabled' }]],
    ];
    for (const facts of calm) expect(isOverBudget(recordFacts(spent, ...facts))).toBe(false);
  });
});

describe('a saga', () => {
  const document = toDocument(
    {
      a: { kind: 'transform', compensation: 'undoA' },
      b: { kind: 'transform', compensation: 'undoB' },
      c: { kind: 'transform' },
      undoA: { kind: 'transform' },
      undoB: { kind: 'transform' },
    },
    [],
  );
  const done = recordFacts(
    beginRun(document),
    started('a'),
    started('b'),
    started('c'),
    succeeded('b', { value: 'B' }),
    succeeded('a', { value: 'A' }),
  );
  const broken = recordFacts(done, failed('c', error));
  const saga = recordFacts(broken, ['saga.started', { scope: '', reason: 'It broke' }]);

  it('is no part of the way forward', () => {
    expect(planNext(beginRun(document)).map((step) => 'node' in step && step.node)).toEqual(['a', 'b', 'c']);
  });

  it('begins when what failed has stopped, and undoes one after the other, the last completed first', () => {
    expect(planNext(broken, ['c'])).toEqual([{ type: 'startSaga', scope: '', reason: 'It broke' }]);
    expect(planNext(saga)).toEqual([{ type: 'startNode', node: 'undoA', attempt: 1, inputs: { in: 'A' } }]);
    const undone = recordFacts(saga, started('undoA'), succeeded('undoA'));
    expect(planNext(undone)).toEqual([{ type: 'startNode', node: 'undoB', attempt: 1, inputs: { in: 'B' } }]);
    const over = recordFacts(undone, started('undoB'), succeeded('undoB'));
    expect(planNext(over)).toEqual([{ type: 'completeSaga', scope: '', failed: [] }]);
    expect(planNext(recordFacts(over, ['saga.completed', { scope: '', failed: [] }]))).toEqual([{ type: 'failRun', error, node: 'c' }]);
  });

  it('waits for what undoes: in its lane, at work, until it is tried again', () => {
    expect(planNext(recordFacts(saga, queued('undoA', { in: 'A' })))).toEqual([
      { type: 'startNode', node: 'undoA', attempt: 1, inputs: { in: 'A' } },
    ]);
    const working = recordFacts(saga, started('undoA'));
    expect(planNext(working)).toEqual([]);
    const retrying = recordFacts(working, retries('undoA', 99));
    expect(planNext(retrying)).toEqual([{ type: 'retryNodeAt', node: 'undoA', attempt: 2, dueAtMs: 99 }]);
    expect(planNext(recordFacts(retrying, queued('undoA', { in: 'A' }, 2)))).toEqual([
      { type: 'startNode', node: 'undoA', attempt: 2, inputs: { in: 'A' } },
    ]);
  });

  it('goes on past what cannot be undone, and names it in the end', () => {
    const one = recordFacts(saga, started('undoA'), failed('undoA', error));
    expect(planNext(one)).toMatchObject([{ type: 'startNode', node: 'undoB' }]);
    const over = recordFacts(one, started('undoB'), ['node.failed', { node: 'undoB', attempt: 1, error, consequence: { type: 'skip' } }]);
    expect(planNext(over)).toEqual([{ type: 'completeSaga', scope: '', failed: ['undoA', 'undoB'] }]);
  });

  it('that is asked for gives its reason, and ends with the cancel', () => {
    const asked = recordFacts(done, succeeded('c'), ['run.compensationRequested', { reason: 'enough', by: 'me' }]);
    expect(planNext(asked)).toEqual([{ type: 'startSaga', scope: '', reason: 'enough' }]);
    const over = recordFacts(asked, ['saga.started', { scope: '', reason: 'enough' }], ['saga.completed', { scope: '', failed: [] }]);
    expect(planNext(over)).toEqual([{ type: 'cancelRun', reason: 'enough' }]);
  });

  it('hands several outputs over as a record, one alone as itself, none as null', () => {
    const inputs = (outputs: Record<string, string>) => {
      const state = recordFacts(beginRun(document), started('a'), succeeded('a', outputs), started('c'), failed('c', error), [
        'saga.started',
        { scope: '', reason: '' },
      ]);
      return listUndoing(state).map((compensation) => [compensation.address, compensation.settledSeq, compensation.inputs]);
    };
    expect(inputs({ value: 'A' })).toEqual([['undoA', 3, { in: 'A' }]]);
    expect(inputs({ value: 'A', more: 'M' })).toEqual([['undoA', 3, { in: { value: 'A', more: 'M' } }]]);
    expect(inputs({})).toEqual([['undoA', 3, { in: null }]]);
  });

  it('hands nothing to a node that takes nothing, or whose config says no more what it takes', () => {
    const undoing = (undo: Partial<WorkflowNode>) => {
      const nodes = { a: { kind: 'transform', compensation: 'undo' }, c: { kind: 'transform' }, undo: { kind: 'transform' } } as const;
      const small = toDocument(nodes, []);
      const changed = { ...small, nodes: small.nodes.map((node) => (node.id === 'undo' ? { ...node, ...undo } : node)) };
      const facts = [started('a'), succeeded('a', { value: 'A' }), started('c'), failed('c', error)];
      return planNext(recordFacts(beginRun(changed), ...facts, ['saga.started', { scope: '', reason: '' }]));
    };
    const bare = [{ type: 'startNode', node: 'undo', attempt: 1, inputs: {} }];
    expect(undoing({ kind: 'input', config: { fields: [] } })).toEqual(bare);
    expect(undoing({ config: { expression: 7 } })).toEqual(bare);
    expect(undoing({ kind: 'from a later build' })).toEqual(bare);
  });

  it('of a node whose compensation is no node of the graph undoes nothing', () => {
    const small = toDocument({ a: { kind: 'transform', compensation: 'gone' }, c: { kind: 'transform' } }, []);
    const state = recordFacts(beginRun(small), started('a'), succeeded('a'), started('c'), failed('c', error));
    expect(planNext(state)).toEqual([{ type: 'failRun', error, node: 'c' }]);
  });
});

describe('a saga over scopes', () => {
  const part = toDocument({ x: { kind: 'transform', compensation: 'undoX' }, y: { kind: 'transform' }, undoX: { kind: 'transform' } }, []);
  const outer = toDocument({ sub: { kind: 'subflow' }, c: { kind: 'transform' } }, []);
  const begin = (document = outer) => beginRun(document, { subworkflows: { part } });
  const inside = [started('sub'), scopeStarted('sub#1/i0'), started('sub#1/i0/x'), succeeded('sub#1/i0/x', { value: 1 })];
  const scopeDone: Fact[] = [
    ...inside,
    started('sub#1/i0/y'),
    succeeded('sub#1/i0/y'),
    ['scope.succeeded', { scope: 'sub#1/i0', outputs: {} }],
    succeeded('sub'),
  ];
  const breaks = [started('c'), failed('c', error)];

  it('undoes also what a scope had completed, and looks for what goes on where it is undone', () => {
    const broken = recordFacts(begin(), ...scopeDone, ...breaks);
    expect(planNext(broken)).toEqual([{ type: 'startSaga', scope: '', reason: 'It broke' }]);
    const saga = recordFacts(broken, ['saga.started', { scope: '', reason: 'It broke' }]);
    expect(planNext(saga)).toEqual([{ type: 'startNode', node: 'sub#1/i0/undoX', attempt: 1, inputs: { in: 1 } }]);
    const undone = recordFacts(saga, started('sub#1/i0/undoX'), succeeded('sub#1/i0/undoX'));
    expect(planNext(undone, ['sub#1/i0/undoX'])).toEqual([{ type: 'completeSaga', scope: '', failed: [] }]);
    expect(listUndoing(undone).map(({ address }) => address)).toEqual(['sub#1/i0/undoX']);
  });

  it('leaves what a scope did to the compensation of the node that ran it', () => {
    const whole = toDocument({ sub: { kind: 'subflow', compensation: 'undo' }, c: { kind: 'transform' }, undo: { kind: 'transform' } }, []);
    const saga = recordFacts(begin(whole), ...scopeDone, ...breaks, ['saga.started', { scope: '', reason: '' }]);
    expect(listUndoing(saga).map(({ address }) => address)).toEqual(['undo']);
  });

  it('of a scope that fails is its own, after which nothing in it is left for the run to undo', () => {
    const broken = recordFacts(begin(), ...inside, started('sub#1/i0/y'), failed('sub#1/i0/y', error));
    expect(planNext(broken)).toEqual([
      { type: 'startNode', node: 'c', attempt: 1, inputs: {} },
      { type: 'startSaga', scope: 'sub#1/i0', reason: 'It broke' },
    ]);
    const saga = recordFacts(broken, ['saga.started', { scope: 'sub#1/i0', reason: 'It broke' }]);
    expect(listUndoing(saga).map(({ address }) => address)).toEqual(['sub#1/i0/undoX']);
    expect(planNext(saga, ['sub#1/i0/y'])).toEqual([{ type: 'startNode', node: 'sub#1/i0/undoX', attempt: 1, inputs: { in: 1 } }]);
    const over = recordFacts(saga, started('sub#1/i0/undoX'), succeeded('sub#1/i0/undoX'), [
      'saga.completed',
      { scope: 'sub#1/i0', failed: [] },
    ]);
    expect(planNext(over, ['sub#1/i0/'])).toEqual([{ type: 'failScope', scope: 'sub#1/i0', error, node: 'sub#1/i0/y' }]);
    const ended = recordFacts(over, ['scope.failed', { scope: 'sub#1/i0', error, node: 'sub#1/i0/y' }], failed('sub', error));
    expect(planNext(ended)).toEqual([{ type: 'failRun', error, node: 'sub' }]);
    expect(listUndoing(ended)).toEqual([]);
  });
});

describe('scopes', () => {
  const part = toDocument({ x: { kind: 'transform' }, out: { kind: 'output', config: { name: 'y' } } }, ['x.value->out.value']);
  const document = toDocument({ each: { kind: 'map' }, c: { kind: 'transform' } }, []);
  const two = recordFacts(
    beginRun(document, { subworkflows: { part } }),
    started('each'),
    started('c'),
    scopeStarted('each#1/i0'),
    scopeStarted('each#1/i1'),
  );

  it('are planned each by itself, and end when they have nothing left to do', () => {
    const first = { type: 'startNode', node: 'each#1/i0/x', attempt: 1, inputs: {} };
    const second = { ...first, node: 'each#1/i1/x' };
    expect(planNext(two)).toEqual([second, first]);
    expect(planNext(two, ['each#1/i0/'])).toEqual([first]);
    expect(planNext(two, ['each#1/i0/x', 'each#1/i0/out', 'each#1/i1/'])).toEqual([first, second]);
    // That the whole scope is to be looked at stands, whatever else is said of it.
    expect(planNext(two, ['each#1/i0/', 'each#1/i0/out'])).toEqual([first]);
    const done = recordFacts(two, started('each#1/i0/x'), succeeded('each#1/i0/x', { value: 1 }), started('each#1/i0/out'));
    expect(planNext(done, ['each#1/i0/out'])).toEqual([]);
    expect(planNext(recordFacts(done, succeeded('each#1/i0/out', { value: 1 })), ['each#1/i0/out'])).toEqual([
      { type: 'succeedScope', scope: 'each#1/i0', outputs: { y: 1 } },
    ]);
  });

  it('that never began, or have ended, are not planned', () => {
    expect(planNext(two, ['each#1/i7/x'])).toEqual([]);
    const ended = recordFacts(two, ['scope.succeeded', { scope: 'each#1/i0', outputs: {} }]);
    expect(planNext(ended, ['each#1/i0/x'])).toEqual([]);
    expect(planNext(ended)).toMatchObject([{ node: 'each#1/i1/x' }]);
  });

  it('are asked to stop before the node that opened them, which stops when they have', () => {
    const broken = recordFacts(two, started('each#1/i0/x'), failed('c', error));
    const reason = 'what it belongs to was stopped';
    expect(planNext(broken)).toEqual([
      { type: 'cancelScope', scope: 'each#1/i0', reason },
      { type: 'cancelScope', scope: 'each#1/i1', reason },
    ]);
    const asked = recordFacts(broken, ['scope.cancelRequested', { scope: 'each#1/i0', reason }]);
    expect(planNext(asked)).toEqual([
      { type: 'cancelScope', scope: 'each#1/i1', reason },
      { type: 'stopNode', node: 'each#1/i0/x' },
    ]);
    const stopped = recordFacts(asked, cancelled('each#1/i0/x'));
    expect(planNext(stopped, ['each#1/i0/x'])).toEqual([{ type: 'endCancelledScope', scope: 'each#1/i0' }]);
    const over = recordFacts(
      stopped,
      ['scope.cancelled', { scope: 'each#1/i0' }],
      ['scope.cancelRequested', { scope: 'each#1/i1', reason }],
      ['scope.cancelled', { scope: 'each#1/i1' }],
    );
    expect(planNext(over)).toEqual([{ type: 'stopNode', node: 'each' }]);
  });

  it('below a run that is cancelled are not planned before they are asked to stop', () => {
    const asked = recordFacts(two, cancel, cancelled('c'));
    expect(planNext(asked).map(({ type }) => type)).toEqual(['cancelScope', 'cancelScope']);
    const one = recordFacts(asked, ['scope.cancelRequested', { scope: 'each#1/i1', reason: '' }]);
    expect(planNext(one).map(({ type }) => type)).toEqual(['cancelScope', 'endCancelledScope']);
  });

  it('below a scope that stops wait with it, those below one that goes on do not', () => {
    const nested = toDocument({ sub: { kind: 'subflow' } }, []);
    const deep = recordFacts(
      beginRun(document, { subworkflows: { part, nested } }),
      started('each'),
      started('c'),
      scopeStarted('each#1/i0', 'nested'),
      started('each#1/i0/sub'),
      scopeStarted('each#1/i0/sub#1/i0'),
    );
    const inner = { type: 'startNode', node: 'each#1/i0/sub#1/i0/x', attempt: 1, inputs: {} };
    expect(planNext(deep)).toEqual([inner]);
    const asked = recordFacts(deep, ['scope.cancelRequested', { scope: 'each#1/i0', reason: 'enough' }]);
    expect(planNext(asked)).toEqual([{ type: 'cancelScope', scope: 'each#1/i0/sub#1/i0', reason: 'what it belongs to was stopped' }]);
    const below = recordFacts(asked, ['scope.cancelRequested', { scope: 'each#1/i0/sub#1/i0', reason: '' }]);
    expect(planNext(below)).toEqual([{ type: 'endCancelledScope', scope: 'each#1/i0/sub#1/i0' }]);
  });
});
