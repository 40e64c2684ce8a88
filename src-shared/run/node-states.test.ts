import { expect, it } from 'vitest';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { type RunEvent, toRunEvent } from './events.ts';
import { findNodeState, listNodeStates, withNodeState } from './node-states.ts';
import { reduceRun } from './reduce-run.ts';
import type { RunState } from './state.ts';

const workflow = toDocument({ brief: { kind: 'input' }, remark: { kind: 'note' }, result: { kind: 'output' } }, []);
const data = { runId: 'r', workflow, workflowPath: null, inputs: {}, approvalMode: 'ask', modelOverride: null, startedBy: 'test' } as const;
const state: RunState = reduceRun(null, { ...toRunEvent('run.started', data, 0), stream: 'run/r', seq: 1 } as RunEvent);

it('a node is found by its id, a note and a stranger are not', () => {
  expect(findNodeState(state, 'result')).toEqual({ status: 'pending' });
  expect(findNodeState(state, 'remark')).toBeUndefined();
  expect(findNodeState(state, 'constructor')).toBeUndefined();
  expect(listNodeStates(state).map(([id]) => id)).toEqual(['brief', 'result']);
});

it('a changed node leaves the state it came from and its neighbours as they were', () => {
  const changed = withNodeState(state, 'brief', { status: 'running', startedAtMs: 1, attempts: [], usage: state.usage });
  expect(findNodeState(changed, 'brief')?.status).toBe('running');
  expect(findNodeState(changed, 'result')).toBe(findNodeState(state, 'result'));
  expect(findNodeState(state, 'brief')?.status).toBe('pending');
  expect(() => withNodeState(state, 'remark', { status: 'pending' })).toThrow('no node remark');
});
