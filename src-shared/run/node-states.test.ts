import { expect, it } from 'vitest';
import { toStartedEvent } from '../../tests/support/run-started.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { changeNode } from './change-graph.ts';
import { findNodeState, listNodeStates } from './node-states.ts';
import { reduceRun } from './reduce-run.ts';
import type { RunState } from './state.ts';

const workflow = toDocument({ brief: { kind: 'input' }, remark: { kind: 'note' }, result: { kind: 'output' } }, []);
const state: RunState = reduceRun(null, toStartedEvent(workflow));

it('a node is found by its id, a note and a stranger are not', () => {
  expect(findNodeState(state, 'result')).toEqual({ status: 'pending' });
  expect(findNodeState(state, 'remark')).toBeUndefined();
  expect(findNodeState(state, 'constructor')).toBeUndefined();
  expect(listNodeStates(state).map(([id]) => id)).toEqual(['brief', 'result']);
});

it('a changed node leaves the state it came from and its neighbours as they were', () => {
  const changed = changeNode(state, 'brief', () => ({ status: 'running', startedAtMs: 1, attempts: [], usage: state.usage }));
  expect(findNodeState(changed, 'brief')?.status).toBe('running');
  expect(findNodeState(changed, 'result')).toBe(findNodeState(state, 'result'));
  expect(findNodeState(state, 'brief')?.status).toBe('pending');
  expect([changed.atWork, changed.activeNodes, changed.unsettledNodes]).toEqual([1, 1, 2]);
  expect(() => changeNode(state, 'remark', (node) => node)).toThrow('no node remark');
});
