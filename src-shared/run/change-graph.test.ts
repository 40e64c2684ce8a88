import { expect, it } from 'vitest';
import { beginRun, type Fact, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { findGraph, listActive, toNodeName } from './node-states.ts';
import { planNext } from './plan-next.ts';

const part = toDocument({ x: { kind: 'transform' } }, []);
const run = beginRun(toDocument({ each: { kind: 'map' } }, []), { subworkflows: { part } });
const scopeStarted = (scope: string, workflowPath = 'part'): Fact => ['scope.started', { scope, workflowPath, inputs: {} }];
const ended = (scope: string): Fact => ['scope.succeeded', { scope, outputs: {} }];

it('a scope that is none, or was never started, cannot end', () => {
  expect(() => recordFacts(run, ended(''))).toThrow('The run itself is not a scope below an attempt');
  expect(() => recordFacts(run, ended('each#1/i0'))).toThrow('each has not started');
  expect(() => recordFacts(run, started('each'), ended('each#1/i0'))).toThrow('each has no scope 0');
  expect(() => recordFacts(run, started('each'), ended('each#2/i0'))).toThrow('each has no scope 0');
  expect(() => recordFacts(run, started('each'), scopeStarted('each#1/i0', 'gone'))).toThrow('The run has no subworkflow gone');
});

it('scopes are found by their index in whatever order they began, and a scope that has ended has nothing at work', () => {
  const two = recordFacts(
    run,
    started('each'),
    scopeStarted('each#1/i1'),
    scopeStarted('each#1/i0'),
    started('each#1/i0/x'),
    started('each#1/i1/x'),
  );
  expect(listActive(two).map(([address]) => address)).toEqual(['each', 'each#1/i0/x', 'each#1/i1/x']);
  const one = recordFacts(two, succeeded('each#1/i0/x'), ended('each#1/i0'));
  expect(listActive(one).map(([address]) => address)).toEqual(['each', 'each#1/i1/x']);
  expect([one.activeNodes, findGraph(one, 'each#1/i0')?.atWork, findGraph(one, 'each#1/i7')]).toEqual([1, 0, undefined]);
});

it('what is noted of a node or scope that has ended counts nothing again', () => {
  const document = toDocument({ a: { kind: 'transform' }, b: { kind: 'transform' }, each: { kind: 'map' } }, []);
  const done = recordFacts(
    beginRun(document, { subworkflows: { part } }),
    started('a'),
    succeeded('a'),
    started('each'),
    scopeStarted('each#1/i0'),
    scopeStarted('each#1/i1'),
    ended('each#1/i0'),
  );
  const counts = (state: typeof done) => {
    const each = listActive(state).find(([address]) => address === 'each')?.[1];
    const { openScopes } = (each as Extract<typeof each, { attempts: unknown }>).attempts[0] ?? {};
    return { unsettledNodes: state.unsettledNodes, atWork: state.atWork, activeNodes: state.activeNodes, openScopes };
  };
  const before = counts(done);
  expect(before).toEqual({ unsettledNodes: 2, atWork: 1, activeNodes: 0, openScopes: 1 });
  const hook: Fact = ['hook.completed', { frame: 'a#1', point: 'afterNode', ordinal: 1, hook: 'h', outcome: { type: 'observed' } }];
  expect(counts(recordFacts(done, hook))).toEqual(before);
  const saga: Fact = ['saga.started', { scope: 'each#1/i0', reason: 'the run failed' }];
  expect(counts(recordFacts(done, saga))).toEqual(before);
});

it('a node is called by its name, or by its id when it has none or is not there', () => {
  const document = toDocument({ a: { kind: 'transform' }, b: { kind: 'transform' } }, []);
  const named = beginRun({ ...document, nodes: document.nodes.map((node) => ({ ...node, name: node.id === 'a' ? 'The first' : '' })) });
  expect(['a', 'b', 'c', 'each#1/i0/x'].map((address) => toNodeName(named, address))).toEqual(['The first', 'b', 'c', 'x']);
});

it('an output that was skipped is null, and one whose config is wrong is none', () => {
  const document = toDocument({ good: { kind: 'output', config: { name: 'y' } }, bad: { kind: 'output', config: { name: 7 } } }, []);
  const over = recordFacts(
    beginRun(document),
    ['node.skipped', { node: 'good', reason: 'disabled' }],
    ['node.skipped', { node: 'bad', reason: 'disabled' }],
  );
  expect(planNext(over)).toEqual([{ type: 'succeedRun', outputs: { y: null } }]);
});
