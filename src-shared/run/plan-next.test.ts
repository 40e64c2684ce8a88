import { describe, expect, it } from 'vitest';
import { toStartedEvent } from '../../tests/support/run-started.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { WorkflowDocument } from '../workflow/document.ts';
import { type NewRunEvent, type RunEvent, toRunEvent } from './events.ts';
import { type PlannedStep, planNext } from './plan-next.ts';
import { foldRun, reduceRun } from './reduce-run.ts';
import type { RunState } from './state.ts';

const error = { code: 'tool.failed', message: 'It broke' } as const;

function begin(workflow: WorkflowDocument): RunState {
  return foldRun([toStartedEvent(workflow)]) as RunState;
}

function place(event: NewRunEvent, seq: number): RunEvent {
  return { ...event, stream: 'run/r', seq } as RunEvent;
}

function record(state: RunState, ...events: NewRunEvent[]): RunState {
  return events.reduce((current, event) => reduceRun(current, place(event, current.lastSeq + 1)), state);
}

function started(node: string): NewRunEvent {
  return toRunEvent('node.started', { node, attempt: 1, inputs: {} }, 1);
}

function succeeded(node: string, outputs = {}): NewRunEvent {
  return toRunEvent('node.succeeded', { node, attempt: 1, outputs }, 2);
}

function toWords(steps: readonly PlannedStep[]): string[] {
  return steps.map((step) => ('node' in step ? `${step.type} ${step.node}` : step.type));
}

const diamond = toDocument(
  {
    top: { kind: 'input', config: { fields: [{ name: 'x', type: 'string' }] } },
    left: { kind: 'transform' },
    right: { kind: 'transform', priority: 5 },
    bottom: { kind: 'merge', config: { mode: 'list' } },
    remark: { kind: 'note' },
  },
  ['top.x->left.in', 'top.x->right.in', 'left.value->bottom.in', 'right.value->bottom.in'],
);

describe('planNext', () => {
  it('starts what waits for nothing, and never a note', () => {
    expect(toWords(planNext(begin(diamond)))).toEqual(['startNode top']);
  });

  it('starts parallel nodes together, the one with higher priority first', () => {
    const state = record(begin(diamond), started('top'), succeeded('top', { x: 'a' }));
    expect(planNext(state, ['top'])).toEqual([
      { type: 'startNode', node: 'right', attempt: 1, inputs: { in: 'a' } },
      { type: 'startNode', node: 'left', attempt: 1, inputs: { in: 'a' } },
    ]);
  });

  it('waits at a join until every way is settled and hands over all that arrived by source', () => {
    const one = record(
      begin(diamond),
      started('top'),
      succeeded('top', { x: 'a' }),
      started('left'),
      started('right'),
      succeeded('left', { value: 1 }),
    );
    expect(planNext(one, ['left'])).toEqual([]);
    const both = record(one, succeeded('right', { value: 2 }));
    expect(planNext(both, ['right'])).toEqual([{ type: 'startNode', node: 'bottom', attempt: 1, inputs: { in: { left: 1, right: 2 } } }]);
  });

  it('starts a merge of any at the first arrival', () => {
    const race = { ...diamond, nodes: diamond.nodes.map((node) => (node.id === 'bottom' ? { ...node, config: { mode: 'any' } } : node)) };
    const state = record(
      begin(race),
      started('top'),
      succeeded('top', { x: 'a' }),
      started('left'),
      started('right'),
      succeeded('left', { value: 1 }),
    );
    expect(toWords(planNext(state, ['left']))).toEqual(['startNode bottom']);
  });

  it('skips what hangs on a way that was not taken, and runs the join on what is left', () => {
    const state = record(
      begin(diamond),
      started('top'),
      succeeded('top', { x: 'a' }),
      started('left'),
      started('right'),
      succeeded('left', {}),
      succeeded('right', { value: 2 }),
    );
    expect(planNext(state, ['right'])).toEqual([{ type: 'startNode', node: 'bottom', attempt: 1, inputs: { in: { right: 2 } } }]);
    const none = record(begin(diamond), started('top'), succeeded('top', {}));
    expect(planNext(none, ['top'])).toMatchObject(
      [
        { type: 'skipNode', node: 'left', reason: 'branchNotTaken' },
        { type: 'skipNode', node: 'right', reason: 'branchNotTaken' },
      ].toReversed(),
    );
  });

  it('finds the same next steps whether it looks at everything or only around what changed', () => {
    const state = record(begin(diamond), started('top'), succeeded('top', { x: 'a' }), started('left'), succeeded('left', { value: 1 }));
    expect(planNext(state, ['top', 'left'])).toEqual(planNext(state));
  });

  it('ends the run with the outputs when everything has settled', () => {
    const document = toDocument({ one: { kind: 'input' }, out: { kind: 'output', config: { name: 'answer' } } }, ['one.topic->out.value']);
    const state = record(
      begin(document),
      started('one'),
      succeeded('one', { topic: 'x' }),
      started('out'),
      succeeded('out', { value: 'x' }),
    );
    expect(planNext(state)).toEqual([{ type: 'succeedRun', outputs: { answer: 'x' } }]);
  });

  it('stops what is at work after a failure and fails only when it has stopped', () => {
    const failing = record(
      begin(diamond),
      started('top'),
      succeeded('top', { x: 'a' }),
      started('left'),
      started('right'),
      toRunEvent('node.failed', { node: 'left', attempt: 1, error, consequence: { type: 'stop' } }, 3),
    );
    expect(toWords(planNext(failing, ['left']))).toEqual(['stopNode right']);
    const stopped = record(failing, toRunEvent('node.cancelled', { node: 'right', attempt: 1 }, 4));
    expect(planNext(stopped, ['right'])).toEqual([{ type: 'failRun', node: 'left', error }]);
  });

  it('plans the retry that a failure led to, and nothing that depends on it', () => {
    const state = record(
      begin(diamond),
      started('top'),
      toRunEvent('node.failed', { node: 'top', attempt: 1, error, consequence: { type: 'retry', dueAtMs: 99 } }, 3),
    );
    expect(planNext(state, ['top'])).toEqual([{ type: 'retryNodeAt', node: 'top', attempt: 2, dueAtMs: 99 }]);
  });

  it('plans nothing more once the run has ended', () => {
    expect(planNext(record(begin(diamond), toRunEvent('run.cancelled', { reason: '' }, 9)))).toEqual([]);
  });
});

describe('reduceRun', () => {
  it('refuses a journal that does not begin with run.started or has a hole', () => {
    expect(() => foldRun([place(started('top'), 1)])).toThrow('A run begins with run.started');
    expect(() => reduceRun(begin(diamond), place(started('top'), 3))).toThrow('Event 3 cannot follow event 1');
  });

  it('calls a run waiting only while every node at work is blocked by a question', () => {
    const asked = record(
      begin(diamond),
      started('top'),
      succeeded('top', { x: 'a' }),
      started('left'),
      toRunEvent(
        'approval.requested',
        { approvalId: 'a1', frame: 'left#1', subject: { type: 'node', title: 't', message: '', value: 1, isEditable: false } },
        3,
      ),
    );
    expect(asked.status).toBe('waiting');
    expect(record(asked, started('right')).status).toBe('running');
    expect(record(asked, toRunEvent('approval.granted', { approvalId: 'a1', by: 'me', value: 1, isEdited: false }, 4))).toMatchObject({
      status: 'running',
      openApprovals: 0,
    });
  });

  it('never changes the state it was given', () => {
    const state = begin(diamond);
    const copy = structuredClone(state);
    record(state, started('top'), succeeded('top', { x: 'a' }));
    expect(state).toEqual(copy);
  });
});
