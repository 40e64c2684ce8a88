import { describe, expect, it } from 'vitest';
import { toStartedEvent } from '../../tests/support/run-started.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { JsonObject } from '../base/json.ts';
import type { AggregationOrder } from './aggregate.ts';
import { type CollectOrder, collect } from './collect.ts';
import { type RunEvent, type RunEventData, type RunEventType, toRunEvent } from './events.ts';
import { foldRun } from './reduce-run.ts';
import type { RunState } from './state.ts';

const list: AggregationOrder = { aggregation: 'list', count: 1, reduce: '' };
const boom = { code: 'tool.failed', message: 'Boom' } as const;

const part = toDocument(
  {
    given: { kind: 'input', config: { fields: [{ name: 'x', type: 'any' }] } },
    out: { kind: 'output', config: { name: 'y' } },
  },
  ['given.x->out.value'],
);
const mapping = (more: JsonObject = {}) =>
  toDocument(
    {
      start: { kind: 'input', config: { fields: [{ name: 'items', type: 'array' }] } },
      each: { kind: 'map', config: { workflow: 'part.heddle.json', ...more } },
      a: { kind: 'transform', config: { expression: '1' } },
      b: { kind: 'transform', config: { expression: '2' } },
    },
    ['start.items->each.items'],
  );

type Fact = { readonly [Type in RunEventType]: readonly [Type, RunEventData[Type]] }[RunEventType];

/** The state of a run with these facts after its start, one millisecond apart. */
function stateAfter(facts: readonly Fact[], document = mapping()): RunState {
  const first = toStartedEvent(document, { subworkflows: { 'part.heddle.json': part } });
  const events = facts.map(
    ([type, data], index) => ({ ...toRunEvent(type, data as never, index + 1), stream: 'run/r', seq: index + 2 }) as RunEvent,
  );
  const state = foldRun([first, ...events]);
  if (state === null) throw new Error('no run');
  return state;
}

const mapStarted = (attempt = 1, items: unknown[] = ['p', 'q', 'r', 's']): Fact => [
  'node.started',
  { node: 'each', attempt, inputs: { items } as JsonObject },
];
const began = (index: number, attempt = 1): Fact => [
  'scope.started',
  { scope: `each#${attempt}/i${index}`, workflowPath: 'part.heddle.json', inputs: {} },
];
const gave = (index: number, y: string | number, attempt = 1): Fact => [
  'scope.succeeded',
  { scope: `each#${attempt}/i${index}`, outputs: { y } },
];
const broke = (index: number, attempt = 1): Fact => ['scope.failed', { scope: `each#${attempt}/i${index}`, error: boom, node: 'out' }];
const ofMap = (more: Partial<AggregationOrder> = {}): CollectOrder => ({ ...list, ...more, from: { type: 'map', node: 'each' } });

describe('the items of a map', () => {
  it('are unknown in number before the map has begun, and complete when it was left out', () => {
    expect(collect(stateAfter([]), ofMap())).toMatchObject({ value: [], total: null, missing: [], isComplete: false });
    expect(collect(stateAfter([['node.skipped', { node: 'each', reason: 'disabled' }]]), ofMap())).toMatchObject({
      total: 0,
      isComplete: true,
    });
  });

  it('give what has come, with what is missing, has failed, and was stopped', () => {
    const facts = [mapStarted(), began(0), began(1), began(2), gave(1, 'Q'), broke(2)];
    expect(collect(stateAfter(facts), ofMap())).toEqual({
      value: ['Q'],
      missed: null,
      total: 4,
      succeeded: 1,
      failed: [{ part: '2', error: boom }],
      missing: ['0', '3'],
      left: [],
      isComplete: false,
    });
    const stopped = stateAfter([
      ...facts,
      ['scope.cancelRequested', { scope: 'each#1/i0', reason: 'enough' }],
      ['scope.cancelled', { scope: 'each#1/i0' }],
    ]);
    expect(collect(stopped, ofMap())).toMatchObject({ missing: ['3'], left: ['0'] });
    const over = stateAfter([
      ...facts,
      gave(0, 'P'),
      ['node.succeeded', { node: 'each', attempt: 1, outputs: { results: [], failures: [] } }],
    ]);
    expect(collect(over, ofMap())).toMatchObject({ value: ['P', 'Q'], missing: [], left: ['3'], isComplete: true });
  });

  it('counts as failed also what only the map itself lists', () => {
    const failures = [{ index: 0, item: 'p', error: boom }];
    const state = stateAfter([mapStarted(), ['node.succeeded', { node: 'each', attempt: 1, outputs: { results: [], failures } }]]);
    expect(collect(state, ofMap()).failed).toEqual([{ part: '0', error: boom }]);
  });

  it('keeps what an earlier attempt brought, and waits again for what failed in it', () => {
    const retry = [
      'node.failed',
      { node: 'each', attempt: 1, error: boom, consequence: { type: 'retry', dueAtMs: 9 } },
    ] as const satisfies Fact;
    const first = [mapStarted(), began(0), began(1), gave(0, 'P'), broke(1), retry];
    expect(collect(stateAfter(first), ofMap())).toMatchObject({ value: ['P'], failed: [], missing: ['1', '2', '3'] });
    expect(collect(stateAfter([...first, mapStarted(2)]), ofMap())).toMatchObject({ value: ['P'], failed: [], missing: ['1', '2', '3'] });
    const second = [...first, mapStarted(2), began(1, 2), gave(1, 'Q', 2)];
    expect(collect(stateAfter(second), ofMap())).toMatchObject({ value: ['P', 'Q'], missing: ['2', '3'] });
    expect(collect(stateAfter([...first, mapStarted(2), began(1, 2), broke(1, 2)]), ofMap()).failed).toMatchObject([{ part: '1' }]);
  });

  it('are brought together as the order says: first to come, agreement, reduced', () => {
    const facts = [mapStarted(), began(0), began(1), began(2), gave(2, 7), gave(0, 5), gave(1, 7)];
    const value = (more: Partial<AggregationOrder>, known = facts) => {
      const { value: given, missed } = collect(stateAfter(known), ofMap(more));
      return missed ?? given;
    };
    expect(value({ aggregation: 'first', count: 2 })).toEqual([7, 5]);
    expect(value({ aggregation: 'quorum', count: 2 })).toBe(7);
    expect(value({ aggregation: 'quorum', count: 3 })).toContain('3 of 4');
    expect(value({ aggregation: 'reduce', reduce: 'total == null ? result : total * 10 + result' })).toBe(577);
    expect(value({ aggregation: 'first', count: 4 })).toContain('only 3 of 4');
    expect(() => value({ aggregation: 'reduce', reduce: 'total +' })).toThrow(expect.objectContaining({ code: 'expression.invalid' }));
  });

  it('are those of the list that the expression gave', () => {
    const document = mapping({ items: 'start.items.filter(x, x != "q")' });
    const facts: Fact[] = [
      ['node.started', { node: 'start', attempt: 1, inputs: {} }],
      ['node.succeeded', { node: 'start', attempt: 1, outputs: { items: ['p', 'q'] } }],
      mapStarted(),
    ];
    expect(collect(stateAfter(facts, document), ofMap())).toMatchObject({ total: 1, missing: ['0'] });
  });
});

describe('nodes', () => {
  const ofNodes = (nodes: string[], more: Partial<AggregationOrder> = {}): CollectOrder => ({
    ...list,
    ...more,
    from: { type: 'nodes', nodes },
  });
  const done = (node: string, value: number): Fact[] => [
    ['node.started', { node, attempt: 1, inputs: {} }],
    ['node.succeeded', { node, attempt: 1, outputs: { value } }],
  ];

  it('give their outputs, joined by their names', () => {
    const state = stateAfter([...done('b', 2), ...done('a', 1)]);
    expect(collect(state, ofNodes(['a', 'b', 'each']))).toEqual({
      ...{ value: [1, 2], missed: null, total: 3, succeeded: 2, failed: [], missing: ['each'], left: [], isComplete: false },
    });
    expect(collect(state, ofNodes(['a', 'b'], { aggregation: 'merge' }))).toMatchObject({ value: { a: 1, b: 2 }, isComplete: true });
    expect(collect(state, ofNodes(['a', 'b'], { aggregation: 'first', count: 1 })).value).toEqual([2]);
  });

  it('that failed and were left out have failed; of a run that has ended nothing is missing', () => {
    const state = stateAfter([
      ['node.started', { node: 'a', attempt: 1, inputs: {} }],
      ['node.failed', { node: 'a', attempt: 1, error: boom, consequence: { type: 'skip' } }],
      ['node.started', { node: 'b', attempt: 1, inputs: {} }],
      ['node.failed', { node: 'b', attempt: 1, error: boom, consequence: { type: 'stop' } }],
      ['run.failed', { error: boom, node: 'b' }],
    ]);
    expect(collect(state, ofNodes(['a', 'b', 'each']))).toMatchObject({
      failed: [
        { part: 'a', error: boom },
        { part: 'b', error: boom },
      ],
      missing: [],
      left: ['each'],
      isComplete: true,
    });
  });

  it.each(['nobody', 'each#9/i0/x', '/', ''])('named %j is refused', (node) => {
    expect(() => collect(stateAfter([]), ofNodes([node]))).toThrow(expect.objectContaining({ code: 'request.invalid' }));
    expect(() => collect(stateAfter([]), { ...list, from: { type: 'map', node } })).toThrow(
      expect.objectContaining({ code: 'request.invalid' }),
    );
  });

  it('that are no maps have no items', () => {
    expect(() => collect(stateAfter([]), { ...list, from: { type: 'map', node: 'a' } })).toThrow(/no map/);
  });
});
