import { describe, expect, it } from 'vitest';
import { beginRun, type Fact, failed, recordFacts, started } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { ApprovalMode, ApprovalSubject } from './events.ts';
import { findNodeState } from './node-states.ts';
import { isForPerson } from './reduce-questions.ts';
import type { ApprovalState, AttemptState, RunState } from './state.ts';

const error = { code: 'tool.failed', message: 'It broke' } as const;
const workflow = toDocument({ a: { kind: 'agent' }, b: { kind: 'agent' } }, []);
const run = recordFacts(beginRun(workflow), started('a'), started('b'));

const nodeSubject: ApprovalSubject = { type: 'node', title: 't', message: '', value: 1, isEditable: false };
const formSubject: ApprovalSubject = { type: 'form', title: 't', message: '', schema: {}, value: null };
const toolSubject: ApprovalSubject = { type: 'toolCall', tool: 'mail', arguments: {}, callFrame: 'a#1/c1' };
const unknownSubject: ApprovalSubject = { type: 'outcomeUnknown', tool: 'mail', arguments: {}, callFrame: 'a#1/c1' };
const ask = (subject: ApprovalSubject, approvalId = 'q1', frame = 'a#1'): Fact => ['approval.requested', { approvalId, frame, subject }];
const requested = (frame: string): Fact => ['toolCall.requested', { frame, tool: 'mail', arguments: {}, argumentsHash: 'h', callId: 'i' }];

function attempt(state: RunState, address = 'a'): AttemptState | undefined {
  const node = findNodeState(state, address);
  return node === undefined || node.status === 'pending' ? undefined : node.attempts.at(-1);
}
const open: ApprovalState = {
  approvalId: 'q1',
  frame: 'a#1',
  node: 'a',
  subject: nodeSubject,
  requestedAtMs: 40,
  decidedAtMs: null,
  deadline: null,
  escalatedTo: null,
  decision: { type: 'open' },
};

describe('a question', () => {
  const asked = recordFacts(run, ask(nodeSubject));

  it('is open and blocks its attempt until it is decided, with who said what when', () => {
    expect(asked.approvals).toEqual({ q1: open });
    expect([asked.openApprovals, asked.blockedNodes, attempt(asked)?.openQuestions]).toEqual([1, 1, ['q1']]);
    const decided = (fact: Fact) => {
      const after = recordFacts(asked, fact);
      expect([after.openApprovals, after.blockedNodes, attempt(after)?.openQuestions]).toEqual([0, 0, []]);
      return after.approvals.q1;
    };
    expect(decided(['approval.granted', { approvalId: 'q1', by: 'me', value: 2, isEdited: true }])).toEqual({
      ...{ ...open, decidedAtMs: 50 },
      decision: { type: 'granted', by: 'me', value: 2, isEdited: true },
    });
    expect(decided(['approval.denied', { approvalId: 'q1', by: 'me', reason: 'no' }])).toEqual({
      ...{ ...open, decidedAtMs: 50 },
      decision: { type: 'denied', by: 'me', reason: 'no' },
    });
    expect(decided(['approval.resolved', { approvalId: 'q1', by: 'me', decision: { type: 'retry' } }])).toEqual({
      ...{ ...open, decidedAtMs: 50 },
      decision: { type: 'resolved', by: 'me', outcome: { type: 'retry' } },
    });
  });

  it('leaves the others of its attempt and run open', () => {
    const two = recordFacts(asked, ask(nodeSubject, 'q2'), ['approval.denied', { approvalId: 'q1', by: 'me', reason: '' }]);
    expect([two.openApprovals, attempt(two)?.openQuestions, two.approvals.q2?.decision]).toEqual([1, ['q2'], { type: 'open' }]);
  });

  it('may have a deadline, which ends when somebody else is told', () => {
    const due = recordFacts(asked, ['approval.deadlineSet', { approvalId: 'q1', dueAtMs: 99, onTimeout: 'escalate' }]);
    expect(due.approvals.q1).toEqual({ ...open, deadline: { dueAtMs: 99, onTimeout: 'escalate' } });
    expect(recordFacts(due, ['approval.escalated', { approvalId: 'q1', to: 'boss' }]).approvals.q1).toEqual({
      ...open,
      escalatedTo: 'boss',
    });
  });

  it('is answered once, and only when it was asked', () => {
    const deny: Fact = ['approval.denied', { approvalId: 'q1', by: 'me', reason: 'no' }];
    expect(() => recordFacts(asked, deny, deny)).toThrow('Approval q1 was decided before');
    expect(() => recordFacts(run, deny)).toThrow('No approval q1 was requested');
  });

  it('about a call is noted at that call, any other is not', () => {
    const calls = recordFacts(run, requested('a#1/c1'), requested('a#1/c2'));
    const noted = (subject: ApprovalSubject) =>
      attempt(recordFacts(calls, ask(subject)))?.calls.map((call) => 'approvalId' in call && call.approvalId);
    expect(noted(toolSubject)).toEqual(['q1', null]);
    expect(noted(unknownSubject)).toEqual(['q1', null]);
    expect(noted(nodeSubject)).toEqual([null, null]);
    expect(noted(formSubject)).toEqual([null, null]);
  });

  it('about a call that the journal does not have is refused', () => {
    expect(() => recordFacts(run, ask(toolSubject))).toThrow('No call a#1/c1');
  });

  it('about what turns out to be a model call is noted nowhere', () => {
    const request = { model: 'p/m', messages: [], tools: [], toolChoice: 'auto', baseFrame: null, keptMessages: 0 } as const;
    const asking = recordFacts(run, [
      'modelCall.started',
      { frame: 'a#1/m1', request: { ...request, messages: [], tools: [] }, requestHash: 'h', idempotencyKey: 'k' },
    ]);
    const after = recordFacts(asking, ask({ ...toolSubject, callFrame: 'a#1/m1' }));
    expect(attempt(after)?.calls).toEqual(attempt(asking)?.calls);
  });

  it.each<[ApprovalMode, boolean[]]>([
    ['ask', [true, true, true, true]],
    ['all', [false, false, true, true]],
    ['none', [false, false, true, true]],
  ])('of a run that answers %j itself waits for a person only where it cannot', (approvalMode, expected) => {
    const subjects = [nodeSubject, toolSubject, formSubject, unknownSubject];
    expect(subjects.map((subject) => isForPerson({ approvalMode }, { ...open, subject }))).toEqual(expected);
    const decision = { type: 'denied', by: 'me', reason: '' } as const;
    expect(subjects.map((subject) => isForPerson({ approvalMode }, { ...open, subject, decision }))).toEqual([false, false, false, false]);
  });

  it('that the run answers itself blocks nothing', () => {
    const quick = recordFacts(beginRun(workflow, { approvalMode: 'all' }), started('a'), ask(nodeSubject));
    expect([quick.openApprovals, quick.blockedNodes, attempt(quick)?.openQuestions]).toEqual([1, 0, []]);
  });

  it('of an attempt that never began is refused', () => {
    expect(() => recordFacts(beginRun(workflow), ask(nodeSubject))).toThrow('a has not started');
    expect(() => recordFacts(run, ask(nodeSubject, 'q1', 'a#2'))).toThrow('a has no attempt 2');
  });
});

describe('a timer', () => {
  it('is a wait that blocks nobody and ends when it fires', () => {
    const wait = { frame: 'a#1/w1', signal: null, startedAtMs: 40, dueAtMs: 99, endedAtMs: null, outcome: { type: 'open' } };
    const waiting = recordFacts(run, ['timer.started', { frame: 'a#1/w1', dueAtMs: 99 }]);
    expect([attempt(waiting)?.waits, attempt(waiting)?.openQuestions, waiting.blockedNodes]).toEqual([[wait], [], 0]);
    const fired = recordFacts(waiting, ['timer.started', { frame: 'a#1/w2', dueAtMs: 99 }], ['timer.fired', { frame: 'a#1/w1' }]);
    expect(attempt(fired)?.waits).toEqual([
      { ...wait, endedAtMs: 60, outcome: { type: 'fired' } },
      { ...wait, frame: 'a#1/w2', startedAtMs: 50 },
    ]);
  });
});

describe('a signal', () => {
  const wait = { frame: 'a#1/w1', signal: 'go', startedAtMs: 40, dueAtMs: null, endedAtMs: null, outcome: { type: 'open' } };
  const awaited = (frame: string, name = 'go'): Fact => ['signal.awaited', { frame, name, dueAtMs: null }];
  const received = (payload: number, name = 'go'): Fact => ['signal.received', { name, payload, by: 'me' }];
  const waiting = recordFacts(run, awaited('a#1/w1'));

  it('blocks the attempt that waits for it, until it comes or is missed', () => {
    expect(waiting.openSignalWaits).toEqual([{ frame: 'a#1/w1', name: 'go' }]);
    expect([attempt(waiting)?.waits, attempt(waiting)?.openQuestions, waiting.blockedNodes]).toEqual([[wait], ['a#1/w1'], 1]);
    const come = recordFacts(waiting, received(7));
    expect([come.openSignalWaits, come.keptSignals, come.blockedNodes, attempt(come)?.openQuestions]).toEqual([[], [], 0, []]);
    expect(attempt(come)?.waits).toEqual([{ ...wait, endedAtMs: 50, outcome: { type: 'received', payload: 7, by: 'me' } }]);
    const missed = recordFacts(waiting, ['signal.missed', { frame: 'a#1/w1' }]);
    expect([missed.openSignalWaits, missed.blockedNodes]).toEqual([[], 0]);
    expect(attempt(missed)?.waits).toEqual([{ ...wait, endedAtMs: 50, outcome: { type: 'fired' } }]);
  });

  it('goes to the wait for its name that is open longest', () => {
    const two = recordFacts(waiting, awaited('b#1/w1'), awaited('a#1/w2', 'stop'), received(7));
    expect(two.openSignalWaits).toEqual([
      { frame: 'b#1/w1', name: 'go' },
      { frame: 'a#1/w2', name: 'stop' },
    ]);
    expect(recordFacts(two, received(8, 'stop')).openSignalWaits).toEqual([{ frame: 'b#1/w1', name: 'go' }]);
  });

  it('that came before anyone waited ends the first wait for it at once, the oldest first', () => {
    const kept = recordFacts(run, received(1, 'stop'), received(7), received(8));
    const ended = recordFacts(kept, awaited('a#1/w1'));
    expect(ended.keptSignals.map(({ name, payload }) => [name, payload])).toEqual([
      ['stop', 1],
      ['go', 8],
    ]);
    expect([ended.openSignalWaits, ended.blockedNodes]).toEqual([[], 0]);
    expect(attempt(ended)?.waits).toEqual([
      { ...wait, startedAtMs: 70, endedAtMs: 70, outcome: { type: 'received', payload: 7, by: 'me' } },
    ]);
  });
});

describe('a node that fails or is stopped', () => {
  it('asks nobody any more: its open questions are denied, its waits are over, and those of others stay', () => {
    const awaited = (frame: string): Fact => ['signal.awaited', { frame, name: 'go', dueAtMs: null }];
    const asked = recordFacts(
      run,
      ask(nodeSubject),
      ask(nodeSubject, 'q2', 'b#1'),
      ask(nodeSubject, 'q3'),
      awaited('a#1/w1'),
      awaited('b#1/w1'),
    );
    const answered = recordFacts(asked, ['approval.granted', { approvalId: 'q3', by: 'me', value: 1, isEdited: false }]);
    const denied = { type: 'denied', by: 'run', reason: 'the node was stopped' };
    for (const end of [failed('a', error), ['node.cancelled', { node: 'a', attempt: 1 }]] as Fact[]) {
      const after = recordFacts(answered, end);
      expect(after.openApprovals).toBe(1);
      expect(after.openSignalWaits).toEqual([{ frame: 'b#1/w1', name: 'go' }]);
      expect(Object.values(after.approvals).map(({ decision, decidedAtMs }) => [decision, decidedAtMs])).toEqual([
        [denied, 100],
        [{ type: 'open' }, null],
        [{ type: 'granted', by: 'me', value: 1, isEdited: false }, 90],
      ]);
    }
  });

  it('ends its waits also when nobody was asked anything, and its questions when nothing is awaited', () => {
    const stop: Fact = ['node.cancelled', { node: 'a', attempt: 1 }];
    expect(recordFacts(run, ['signal.awaited', { frame: 'a#1/w1', name: 'go', dueAtMs: null }], stop).openSignalWaits).toEqual([]);
    expect(recordFacts(run, ask(nodeSubject), stop).openApprovals).toBe(0);
  });
});
