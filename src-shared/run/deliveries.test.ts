import { expect, it } from 'vitest';
import { beginRun, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { listDeliveries, toEdgeState, toInputs } from './deliveries.ts';
import { toRunGraph } from './run-graph.ts';
import type { RunState } from './state.ts';

const workflow = toDocument(
  { a: { kind: 'transform' }, b: { kind: 'transform' }, remark: { kind: 'note' }, end: { kind: 'merge' }, one: { kind: 'transform' } },
  ['a.value->end.in', 'b.value->end.in', 'remark.value->end.in', 'a.value->one.in'],
);
const run = beginRun(workflow);
const both = recordFacts(run, started('a'), started('b'), succeeded('a', { value: null }), succeeded('b', { value: 2 }));
const edges = toRunGraph(workflow).get('end')?.incoming[0]?.edges ?? [];
const edgeStates = (state: RunState) => edges.map((edge) => toEdgeState(state, edge));

it('an edge is open until its node has settled, and skipped when that gave it nothing', () => {
  const open = { type: 'open' };
  const skipped = { type: 'skipped' };
  expect(edgeStates(run)).toEqual([open, open, skipped]);
  expect(edgeStates(recordFacts(run, started('a'), ['node.skipped', { node: 'b', reason: 'disabled' }]))).toEqual([open, skipped, skipped]);
  expect(edgeStates(recordFacts(run, started('a'), succeeded('a', { other: 1 })))).toEqual([skipped, open, skipped]);
  expect(edgeStates(both)).toEqual([{ type: 'delivered', value: null }, { type: 'delivered', value: 2 }, skipped]);
});

it('what had arrived before an event is what had settled before it', () => {
  expect(listDeliveries(both, edges)).toEqual([
    { source: 'a', value: null },
    { source: 'b', value: 2 },
  ]);
  expect(listDeliveries(both, edges, 5)).toEqual([{ source: 'a', value: null }]);
  expect(listDeliveries(both, edges, 4)).toEqual([]);
  const skipped = recordFacts(run, started('a'), succeeded('a'));
  expect(listDeliveries(skipped, edges)).toEqual([]);
});

it('one edge gives its value itself, several give a record by their nodes, nothing gives no port', () => {
  const inputs = (state: RunState, id: string) => {
    const node = toRunGraph(workflow).get(id);
    return node && toInputs(state, node);
  };
  expect(inputs(both, 'end')).toEqual({ in: { a: null, b: 2 } });
  expect(inputs(both, 'one')).toEqual({ in: null });
  expect(inputs(run, 'end')).toEqual({});
});
