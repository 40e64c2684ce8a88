import { describe, expect, it } from 'vitest';
import { beginRun, type Fact, failed, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { JsonObject } from '../base/json.ts';
import type { HookPoint } from '../workflow/document.ts';
import type { HookOutcome, RunEvent } from './events.ts';
import type { ModelAnswer, RecordedRequest } from './message.ts';
import { findNodeState, findScope } from './node-states.ts';
import { foldRun, reduceRun } from './reduce-run.ts';
import type { AttemptState, CallState, RunState } from './state.ts';
import { noUsage } from './usage.ts';

const error = { code: 'tool.failed', message: 'It broke' } as const;
const workflow = toDocument({ a: { kind: 'agent' }, each: { kind: 'map' } }, []);
const part = toDocument({ inner: { kind: 'agent' } }, []);
const run = beginRun(workflow, { subworkflows: { part } });
const working = recordFacts(run, started('a'));

const answer: ModelAnswer = {
  text: 'Hello',
  toolCalls: [],
  finishReason: 'stop',
  usage: { inputTokens: 10, outputTokens: 3, cachedInputTokens: 2 },
  costUsd: 0.5,
};
const usage = { inputTokens: 10, outputTokens: 3, cachedInputTokens: 2, modelCalls: 1, toolCalls: 0, costUsd: 0.5 };
const request: RecordedRequest = { model: 'p/m', messages: [], tools: [], toolChoice: 'auto', baseFrame: null, keptMessages: 0 };

const turn = (frame: string, number = 1): Fact => ['turn.started', { frame, turn: number }];
const modelStarted = (frame: string): Fact => ['modelCall.started', { frame, request, requestHash: 'h', idempotencyKey: 'k' }];
const toolRequested = (frame: string): Fact => [
  'toolCall.requested',
  { frame, tool: 'mail', arguments: { to: 'x' }, argumentsHash: 'h', callId: 'id' },
];

function attempt(state: RunState, address = 'a'): AttemptState | undefined {
  const node = findNodeState(state, address);
  return node === undefined || node.status === 'pending' ? undefined : node.attempts.at(-1);
}
const call = (state: RunState, address = 'a'): CallState | undefined => attempt(state, address)?.calls[0];

/** What one fact changes in the run as a whole. */
function changes(state: RunState, fact: Fact): Partial<RunState> {
  const after = recordFacts(state, fact);
  expect(after.lastSeq).toBe(state.lastSeq + 1);
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => key !== 'lastSeq' && value !== state[key as keyof RunState]),
  ) as Partial<RunState>;
}

describe('a run', () => {
  it('begins with what it was asked for, and nothing done', () => {
    const forkedFrom = { runId: 'q', atSeq: 3, edits: [] } as never;
    const more = { workflowPath: 'w.heddle.json', inputs: { x: 1 }, approvalMode: 'all', modelOverride: 'p/m', budgetUsd: 2 } as const;
    expect(beginRun(workflow, { ...more, subworkflows: { part }, forkedFrom })).toEqual({
      ...{ ...more, runId: 'r', workflow, subworkflows: { part }, forkedFrom, part: null, lastSeq: 1, status: 'running' },
      ...{ nodes: [{ status: 'pending' }, { status: 'pending' }], unsettledNodes: 2, atWork: 0, failure: null, saga: null },
      ...{ startedAtMs: 0, endedAtMs: null, activeNodes: 0, blockedNodes: 0, openApprovals: 0, approvals: {}, outputs: null },
      ...{ error: null, failedNode: null, cancelReason: null, isCompensationRequested: false, interrupt: null, steeredCases: {} },
      ...{ keptSignals: [], openSignalWaits: [], hooks: [], usage: noUsage, timesResumed: 0 },
    });
  });

  it('starts once', () => {
    expect(() => recordFacts(run, ['run.started', {} as never])).toThrow('A run starts once');
  });

  it('refuses an event that it does not know', () => {
    expect(() => reduceRun(run, { type: 'run.danced', seq: 2 } as never)).toThrow('run.danced');
  });

  it('of no events is none, and goes on from the state it is given', () => {
    expect(foldRun([])).toBeNull();
    expect(foldRun([], run)).toBe(run);
    const log = { type: 'log.written', version: 1, atMs: 1, stream: 'run/r', seq: 2, data: { frame: '', level: 'info', text: '' } };
    expect(foldRun([log as RunEvent], run)).toEqual({ ...run, lastSeq: 2 });
  });

  it.each<[string, Fact, Partial<RunState>]>([
    ['is taken up again', ['run.resumed', { inFlightFrames: [] }], { timesResumed: 1 }],
    ['is to be cancelled', ['run.cancelRequested', { reason: 'no' }], { status: 'cancelling', cancelReason: 'no' }],
    [
      'is to be undone',
      ['run.compensationRequested', { reason: 'no', by: 'me' }],
      { status: 'cancelling', cancelReason: 'no', isCompensationRequested: true },
    ],
    [
      'is to be interrupted',
      ['run.interruptRequested', { mode: 'abandon', reason: 'stop', by: 'me' }],
      { status: 'interrupting', interrupt: { mode: 'abandon', reason: 'stop', requestedAtMs: 20, isReached: false } },
    ],
    ['has nothing to stop for', ['run.interrupted', {}], {}],
    ['succeeds', ['run.succeeded', { outputs: { y: 1 } }], { status: 'succeeded', outputs: { y: 1 }, endedAtMs: 20 }],
    ['fails', ['run.failed', { error, node: 'a' }], { status: 'failed', error, failedNode: 'a', endedAtMs: 20 }],
    ['is cancelled', ['run.cancelled', { reason: 'no' }], { status: 'cancelled', cancelReason: 'no', endedAtMs: 20 }],
    ['is told something', ['log.written', { frame: '', level: 'info', text: 'hi' }], {}],
    [
      'keeps a signal for which nobody waits',
      ['signal.received', { name: 's', payload: 1, by: 'me' }],
      { keptSignals: [{ name: 's', payload: 1, by: 'me', atMs: 20 }] },
    ],
    ['is steered', ['run.steered', { by: 'me', changes: [{ type: 'budget', budgetUsd: 3 }] }], { budgetUsd: 3 }],
  ])('that %s changes in nothing else', (_, fact, expected) => {
    expect(changes(run, fact)).toEqual(expected);
  });

  it('that is interrupted stays so until it is told to go on, or to end', () => {
    const asked = recordFacts(run, ['run.interruptRequested', { mode: 'finish', reason: 'stop', by: 'me' }]);
    const interrupt = { mode: 'finish', reason: 'stop', requestedAtMs: 20, isReached: true };
    expect(changes(asked, ['run.interrupted', {}])).toEqual({ status: 'interrupted', interrupt });
    const held = recordFacts(asked, ['run.interrupted', {}]);
    expect(changes(held, ['run.continued', { by: 'me' }])).toEqual({ status: 'running', interrupt: null });
    const end = { status: 'cancelling', cancelReason: 'no', interrupt: null };
    expect(changes(held, ['run.cancelRequested', { reason: 'no' }])).toEqual(end);
    expect(changes(held, ['run.compensationRequested', { reason: 'no', by: 'me' }])).toEqual({ ...end, isCompensationRequested: true });
  });

  it('has ended for good, whatever is still said of it', () => {
    for (const end of [
      ['run.succeeded', { outputs: {} }],
      ['run.failed', { error, node: null }],
      ['run.cancelled', { reason: '' }],
    ] as const satisfies Fact[]) {
      const over = recordFacts(working, end, ['saga.started', { scope: '', reason: '' }]);
      expect(over.status).toBe(end[0].slice('run.'.length));
    }
  });

  it('notes what its attempts at work began with, before it is steered', () => {
    const steered = recordFacts(working, ['run.steered', { by: 'me', changes: [{ type: 'model', model: 'p/other' }] }]);
    expect(steered.modelOverride).toBe('p/other');
    expect(attempt(steered)?.began).toEqual({ node: workflow.nodes[0], modelOverride: null });
  });
});

describe('a branch', () => {
  it('remembers the case that it took, while it is at work', () => {
    const taken: Fact = ['branch.taken', { node: 'a', case: 'yes' }];
    expect(findNodeState(recordFacts(working, taken), 'a')).toEqual({ ...findNodeState(working, 'a'), takenCase: 'yes' });
    expect(() => recordFacts(run, taken)).toThrow('a is pending, not at work');
  });
});

describe('a turn', () => {
  it('that never began cannot end', () => {
    expect(() => recordFacts(working, ['turn.completed', { frame: 'a#1/t1' }])).toThrow('No turn a#1/t1');
  });

  it('belongs to its attempt and ends alone', () => {
    const two = recordFacts(working, turn('a#1/t1'), ['turn.completed', { frame: 'a#1/t1' }], turn('a#1/t2', 2));
    expect(attempt(two)?.turns).toEqual([
      { frame: 'a#1/t1', turn: 1, startedAtMs: 30, endedAtMs: 40, calls: [] },
      { frame: 'a#1/t2', turn: 2, startedAtMs: 50, endedAtMs: null, calls: [] },
    ]);
  });
});

describe('a model call', () => {
  const asked = recordFacts(working, modelStarted('a#1/m1'));
  const pending = {
    ...{ type: 'model', frame: 'a#1/m1', request, requestHash: 'h' },
    ...{ startedAtMs: 30, endedAtMs: null, outcome: { type: 'pending' } },
  };

  it('is pending until it is answered; the answer counts for the node and the run', () => {
    expect(call(asked)).toEqual(pending);
    expect(asked.usage).toEqual(noUsage);
    const answered = recordFacts(asked, ['modelCall.completed', { frame: 'a#1/m1', answer }]);
    expect(call(answered)).toEqual({ ...pending, endedAtMs: 40, outcome: { type: 'completed', answer } });
    expect(answered.usage).toEqual(usage);
    expect(findNodeState(answered, 'a')).toMatchObject({ usage });
    expect(findNodeState(recordFacts(answered, succeeded('a')), 'a')).toMatchObject({ usage });
  });

  it('still counts when its node is tried again, and waits in its lane before that', () => {
    const retrying = recordFacts(
      asked,
      ['modelCall.completed', { frame: 'a#1/m1', answer }],
      ['node.failed', { node: 'a', attempt: 1, error, consequence: { type: 'retry', dueAtMs: 99 } }],
    );
    const queued = recordFacts(retrying, ['node.queued', { node: 'a', attempt: 2, lane: 'l', inputs: {} }]);
    for (const state of [retrying, queued, recordFacts(queued, started('a', 2))])
      expect(findNodeState(state, 'a')).toMatchObject({ usage });
  });

  it('that is taken over from another run costs nothing', () => {
    const from = { runId: 'q', frame: 'a#1/m1' };
    const reused = recordFacts(asked, ['modelCall.reused', { frame: 'a#1/m1', answer, from }]);
    expect(call(reused)).toEqual({ ...pending, endedAtMs: 40, outcome: { type: 'completed', answer, reusedFrom: from } });
    expect(reused.usage).toEqual(noUsage);
  });

  it('that fails says when it is tried again', () => {
    const broken = recordFacts(asked, ['modelCall.failed', { frame: 'a#1/m1', error, retryAtMs: 99 }]);
    expect(call(broken)).toEqual({ ...pending, endedAtMs: 40, outcome: { type: 'failed', error, retryAtMs: 99 } });
  });

  it('in a scope counts also for the node that holds the scope', () => {
    const below = recordFacts(
      run,
      started('each'),
      ['scope.started', { scope: 'each#1/i0', workflowPath: 'part', inputs: {} }],
      started('each#1/i0/inner'),
      modelStarted('each#1/i0/inner#1/m1'),
      ['modelCall.completed', { frame: 'each#1/i0/inner#1/m1', answer }],
    );
    for (const address of ['each', 'each#1/i0/inner']) expect(findNodeState(below, address)).toMatchObject({ usage });
    expect(below.usage).toEqual(usage);
    expect(findScope(below, 'each#1/i0')?.status).toBe('running');
  });
});

describe('a tool call', () => {
  const asked = recordFacts(working, toolRequested('a#1/c1'));
  const requested = {
    ...{ type: 'tool', frame: 'a#1/c1', tool: 'mail', callId: 'id', arguments: { to: 'x' }, argumentsHash: 'h', requestedAtMs: 30 },
    ...{ startedAtMs: null, endedAtMs: null, effect: null, approvalId: null, outcome: { type: 'requested' } },
  };
  const begin: Fact = [
    'toolCall.started',
    { frame: 'a#1/c1', tool: 'mail', arguments: { to: 'y' }, effect: 'neither', idempotencyKey: 'k' },
  ];
  const begun = recordFacts(asked, begin);
  const startedCall = { ...requested, arguments: { to: 'y' }, effect: 'neither', startedAtMs: 40, outcome: { type: 'started' } };

  it('has begun only when its intent stands, and counts from then on', () => {
    expect(call(asked)).toEqual(requested);
    expect(asked.usage.toolCalls).toBe(0);
    expect(call(begun)).toEqual(startedCall);
    expect(begun.usage).toEqual({ ...noUsage, toolCalls: 1 });
    expect(findNodeState(begun, 'a')).toMatchObject({ usage: { ...noUsage, toolCalls: 1 } });
  });

  it.each<[string, Fact, JsonObject]>([
    [
      'its result',
      ['toolCall.completed', { frame: 'a#1/c1', result: 7, isTruncated: true }],
      { type: 'completed', result: 7, isTruncated: true },
    ],
    [
      'a result that another run had',
      ['toolCall.reused', { frame: 'a#1/c1', result: 7, isTruncated: false, from: { runId: 'q', frame: 'a#1/c1' } }],
      { type: 'completed', result: 7, isTruncated: false, reusedFrom: { runId: 'q', frame: 'a#1/c1' } },
    ],
    ['its error', ['toolCall.failed', { frame: 'a#1/c1', error }], { type: 'failed', error }],
  ])('ends with %s', (_, fact, outcome) => {
    const ended = recordFacts(begun, fact);
    expect(call(ended)).toEqual({ ...startedCall, endedAtMs: 50, outcome });
    expect(ended.usage).toEqual(begun.usage);
  });

  it('of which nobody knows what came has no end, and forgets the question that was asked before', () => {
    const subject = { type: 'toolCall', tool: 'mail', arguments: {}, callFrame: 'a#1/c1' } as const;
    const approved = recordFacts(asked, ['approval.requested', { approvalId: 'q1', frame: 'a#1', subject }], begin);
    expect(call(approved)).toMatchObject({ approvalId: 'q1' });
    expect(call(recordFacts(approved, ['toolCall.outcomeUnknown', { frame: 'a#1/c1' }]))).toEqual({
      ...startedCall,
      startedAtMs: 50,
      outcome: { type: 'unknown' },
    });
  });

  it('is not changed by what is said of a model call, nor the other way round', () => {
    const confused = recordFacts(asked, ['modelCall.failed', { frame: 'a#1/c1', error, retryAtMs: null }]);
    expect(call(confused)).toEqual(requested);
    const model = recordFacts(working, modelStarted('a#1/m1'));
    expect(call(recordFacts(model, ['toolCall.failed', { frame: 'a#1/m1', error }]))).toEqual(call(model));
  });
});

describe('a hook', () => {
  const said = (frame: string, point: HookPoint, outcome: HookOutcome): Fact => [
    'hook.completed',
    { frame, point, ordinal: 1, hook: 'h', outcome },
  ];

  it('of an attempt is noted there', () => {
    const outcome: HookOutcome = { type: 'changed', value: { x: 2 } };
    const noted = recordFacts(working, said('a#1', 'beforeNode', outcome));
    expect(attempt(noted)?.hooks).toEqual([{ frame: 'a#1', point: 'beforeNode', ordinal: 1, hook: 'h', outcome, atMs: 30 }]);
    expect(noted.hooks).toEqual([]);
    expect(noted.inputs).toEqual({});
  });

  it('before the run may change what it began with; one that watched or stands at its end does not', () => {
    const outcome: HookOutcome = { type: 'changed', value: { x: 2 } };
    const hook = { frame: '', ordinal: 1, hook: 'h', atMs: 20 };
    expect(changes(run, said('', 'beforeRun', outcome))).toEqual({
      inputs: { x: 2 },
      hooks: [{ ...hook, point: 'beforeRun', outcome }],
    });
    expect(changes(run, said('', 'beforeRun', { type: 'observed' }))).toEqual({
      hooks: [{ ...hook, point: 'beforeRun', outcome: { type: 'observed' } }],
    });
    expect(changes(run, said('', 'afterRun', outcome))).toEqual({ hooks: [{ ...hook, point: 'afterRun', outcome }] });
  });
});

describe('the status of a run', () => {
  it('says that it is held before anything else, then that it compensates, then that it is cancelled', () => {
    const hold: Fact = ['run.interruptRequested', { mode: 'finish', reason: '', by: 'me' }];
    const cancelled = recordFacts(working, ['run.cancelRequested', { reason: 'no' }]);
    expect([cancelled.status, recordFacts(cancelled, hold).status]).toEqual(['cancelling', 'interrupting']);
    const undoing = recordFacts(cancelled, ['saga.started', { scope: '', reason: '' }]);
    expect([undoing.status, recordFacts(undoing, hold).status]).toEqual(['compensating', 'interrupting']);
    expect(recordFacts(undoing, hold, ['run.interrupted', {}]).status).toBe('interrupted');
  });

  it('is running while a node fails, until the failure of the run is recorded', () => {
    expect(recordFacts(working, failed('a', error)).status).toBe('running');
  });
});
