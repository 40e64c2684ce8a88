import { describe, expect, it } from 'vitest';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { type RunEvent, type RunEventData, type RunEventType, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { findGraph, findScope } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState, ScopeState } from '#shared/run/state.ts';
import { noUsage } from '#shared/run/usage.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toCrumbs, toKnownScope, toOuterScope, toPlaceWords, toScopeToEnter, toScopeWords } from '../../state/scope-words.ts';
import { describeEvent, filterEvents } from './event-words.ts';
import { findFrame, findNewestAttempt, findOpener, toAttemptOfMore, toFrameRows } from './frame-rows.ts';
import { countByFilter, listItems, toItemRow } from './item-rows.ts';
import { toSagaSteps } from './saga-steps.ts';
import { sumScopeUsage } from './scope-usage.ts';

type Fact = { readonly [Type in RunEventType]: readonly [Type, RunEventData[Type]] }[RunEventType];
const node = (id: string, kind: string, name: string, more: object = {}) => ({
  id,
  kind,
  name,
  position: { x: 0, y: 0 },
  config: {},
  ...more,
});
const item: WorkflowDocument = { schemaVersion: 1, name: 'Item', nodes: [node('writer', 'prompt', 'Writer')], edges: [] };
const workflow: WorkflowDocument = {
  schemaVersion: 1,
  name: 'All',
  nodes: [
    node('each', 'map', 'Each', { config: { workflow: 'item.heddle.json', items: 'inputs.items' }, compensation: 'undoEach' }),
    node('undoEach', 'tool', 'Take back'),
    node('ask', 'signal', 'Ask', { config: { name: 'go' } }),
    node('last', 'agent', 'Last', { lane: 'slow' }),
  ],
  edges: [],
};
const error: ErrorInfo = { code: 'node.failed', message: 'No.' };
const request = { model: 'scripted/demo', messages: [], tools: [], toolChoice: 'auto' as const, baseFrame: null, keptMessages: 0 };
const usage = { inputTokens: 900, outputTokens: 100, cachedInputTokens: 0 };
const answer = { text: 'Hi.', toolCalls: [], finishReason: 'stop' as const, usage, costUsd: 0.5 };

const start: Fact = [
  'run.started',
  {
    runId: 'r',
    workflow,
    workflowPath: null,
    inputs: {},
    approvalMode: 'ask',
    modelOverride: null,
    startedBy: 'test',
    subworkflows: { 'item.heddle.json': item },
    budgetUsd: null,
    forkedFrom: null,
    part: null,
  },
];
const scope = (index: number) => `each#1/i${index}`;
const started = (index: number): Fact => [
  'scope.started',
  { scope: scope(index), workflowPath: 'item.heddle.json', inputs: { topic: `looms\n${index}` } },
];
const done = (index: number): Fact => ['scope.succeeded', { scope: scope(index), outputs: { text: 'x' } }];

const facts: readonly Fact[] = [
  start,
  ['node.started', { node: 'each', attempt: 1, inputs: { items: ['a', 'b', 'c'] } }],
  ['node.started', { node: 'ask', attempt: 1, inputs: {} }],
  ['signal.awaited', { frame: 'ask#1/w1', name: 'go', dueAtMs: null }],
  ['node.queued', { node: 'last', attempt: 1, lane: 'slow', inputs: {} }],
  started(1),
  started(0),
  ['node.started', { node: `${scope(0)}/writer`, attempt: 1, inputs: {} }],
  ['modelCall.started', { frame: `${scope(0)}/writer#1/m1`, request, requestHash: 'h', idempotencyKey: 'k' }],
  ['modelCall.completed', { frame: `${scope(0)}/writer#1/m1`, answer }],
  ['node.succeeded', { node: `${scope(0)}/writer`, attempt: 1, outputs: { text: 'Hi.' } }],
  done(0),
  ['node.started', { node: `${scope(1)}/writer`, attempt: 1, inputs: {} }],
  ['node.failed', { node: `${scope(1)}/writer`, attempt: 1, error, consequence: { type: 'stop' } }],
  ['scope.failed', { scope: scope(1), error, node: `${scope(1)}/writer` }],
  started(2),
];
const toEvents = (all: readonly Fact[]) =>
  all.map(
    ([type, data], index) =>
      ({ ...toRunEvent(type, data as never, 1000 + index * 10), stream: toRunStream('r'), seq: index + 1 }) as unknown as RunEvent,
  );
const events = toEvents(facts);
const state = foldRun(events) as RunState;
const each = findNewestAttempt(state, 'each') as NonNullable<ReturnType<typeof findNewestAttempt>>;

describe('what a map runs', () => {
  it('is called by its place, from the run down to the item', () => {
    expect(toScopeWords(state, scope(1))).toBe('item 2');
    expect(toCrumbs(state, scope(1))).toEqual([
      { scope: '', words: 'Each' },
      { scope: scope(1), words: 'item 2' },
    ]);
    expect(toPlaceWords(state, `${scope(1)}/writer`)).toBe('item 2 › Writer');
    expect(toPlaceWords(state, 'last')).toBe('Last');
    expect([toOuterScope(scope(1)), toOuterScope('')]).toEqual(['', '']);
  });

  it('is entered where something went wrong, and before it began the run is shown', () => {
    expect(toScopeToEnter(state, 'each')).toBe(scope(1));
    expect(toScopeToEnter(state, 'last')).toBeUndefined();
    const early = foldRun(events.slice(0, 5)) as RunState;
    expect([toKnownScope(state, scope(2)), toKnownScope(early, scope(2))]).toEqual([scope(2), '']);
  });

  it('is listed by index, and narrowed to what failed or is at work', () => {
    const numbers = (filter: Parameters<typeof listItems>[1]) => listItems(each, filter).map(({ index }) => index + 1);
    expect([numbers('all'), numbers('failed'), numbers('running')]).toEqual([[1, 2, 3], [2], [3]]);
    expect(countByFilter(each)).toEqual({ all: 3, failed: 1, running: 1 });
    expect(listItems(each, 'all').map(toItemRow)).toEqual([
      { scope: scope(0), number: 1, status: 'succeeded', input: 'looms 0', error: null, durationMs: 50 },
      { scope: scope(1), number: 2, status: 'failed', input: 'looms 1', error: 'No.', durationMs: 90 },
      { scope: scope(2), number: 3, status: 'running', input: 'looms 2', error: null, durationMs: null },
    ]);
    expect(findOpener(state, scope(2))).toBe(each);
  });

  it('is held with its run', () => {
    const hold: readonly Fact[] = [
      ['run.interruptRequested', { mode: 'finish', reason: 'lunch', by: 'user' }],
      ['run.interrupted', {}],
    ];
    const held = foldRun(toEvents([...facts, ...hold])) as RunState;
    const statuses = toFrameRows(held, new Set()).map((row) => [row.label, row.status]);
    expect(statuses.slice(0, 5)).toEqual([
      ['All', 'interrupted'],
      ['Each', 'interrupted'],
      ['item 2', 'failed'],
      ['item 1', 'succeeded'],
      ['item 3', 'interrupted'],
    ]);
  });

  it('says of an item that it only waits for another try, and why', () => {
    const retrying = { status: 'retrying', startedAtMs: 0, dueAtMs: 9, error, attempts: [], usage: noUsage } as const;
    const item = findScope(state, scope(2)) as ScopeState;
    expect(toItemRow({ ...item, nodes: [retrying] })).toMatchObject({ status: 'retrying', error: 'No.' });
    const running = { status: 'running', startedAtMs: 0, attempts: [], usage: noUsage } as const;
    expect(toItemRow({ ...item, nodes: [retrying, running] })).toMatchObject({ status: 'running', error: null });
  });

  it('adds up what its nodes used', () => {
    const used = sumScopeUsage(findScope(state, scope(0)) ?? { nodes: [] });
    expect([used.modelCalls, used.inputTokens, used.costUsd]).toEqual([1, 900, 0.5]);
  });

  it('shows in the tree closed, and its frames when it is opened', () => {
    const labels = (toggled: readonly string[]) => toFrameRows(state, new Set(toggled)).map((row) => [row.depth, row.label, row.status]);
    expect(labels([])).toEqual([
      [0, 'All', 'running'],
      [1, 'Each', 'running'],
      [2, 'item 2', 'failed'],
      [2, 'item 1', 'succeeded'],
      [2, 'item 3', 'running'],
      [1, 'Ask', 'awaitingSignal'],
      [2, 'signal go', 'awaitingSignal'],
    ]);
    expect(labels([scope(0)]).slice(4, 7)).toEqual([
      [3, 'Writer', 'succeeded'],
      [4, 'demo', 'succeeded'],
      [2, 'item 3', 'running'],
    ]);
    expect(findFrame(state, `${scope(0)}/writer#1/m1`)).toMatchObject({ type: 'call', node: `${scope(0)}/writer` });
  });

  it('of many shows the urgent ones and says how many more there are', () => {
    const many = [
      ...facts.slice(0, 2),
      ...Array.from({ length: 60 }, (_unused, index) => started(index)),
      ...Array.from({ length: 59 }, (_unused, index) => done(index)),
    ];
    const rows = toFrameRows(foldRun(toEvents(many)) as RunState, new Set());
    const scopes = rows.filter(({ kind }) => kind === 'scope');
    expect([scopes.length, scopes.at(-1)?.label]).toEqual([20, 'item 60']);
    expect(rows.at(-1)).toMatchObject({ kind: 'more', label: '40 more in the list of items' });
    expect(toAttemptOfMore(rows.at(-1)?.id ?? '')).toBe('each#1');
  });
});

describe('events', () => {
  it('say which item, lane and signal they are about', () => {
    expect(events.slice(3, 6).map((event) => describeEvent(event).text)).toEqual([
      'Waits for the signal go',
      'Waits for room in the lane slow',
      '#2 started, item.heddle.json',
    ]);
    expect(describeEvent(events[5] as RunEvent)).toMatchObject({ node: 'each', frame: 'each#1', category: 'scope' });
  });

  it('are narrowed to a node or an item and all inside it', () => {
    expect(filterEvents(events, 'all', '', scope(1)).map(({ seq }) => seq)).toEqual([6, 13, 14, 15]);
    expect(filterEvents(events, 'node', '', 'each')).toHaveLength(5);
    expect(filterEvents(events, 'all', '', 'ask').map(({ seq }) => seq)).toEqual([3, 4]);
  });
});

it('shows what is being undone, and what could not be', () => {
  const undo: readonly Fact[] = [
    start,
    ['node.started', { node: 'each', attempt: 1, inputs: {} }],
    ['node.succeeded', { node: 'each', attempt: 1, outputs: {} }],
    ['node.started', { node: 'ask', attempt: 1, inputs: {} }],
    ['node.failed', { node: 'ask', attempt: 1, error, consequence: { type: 'stop' } }],
    ['saga.started', { scope: '', reason: 'No.' }],
    ['node.started', { node: 'undoEach', attempt: 1, inputs: {} }],
    ['node.failed', { node: 'undoEach', attempt: 1, error, consequence: { type: 'stop' } }],
    ['saga.completed', { scope: '', failed: ['undoEach'] }],
  ];
  const at = (length: number) => {
    const run = foldRun(toEvents(undo.slice(0, length))) as RunState;
    return toSagaSteps(run, '', findGraph(run, '') ?? run);
  };
  expect(at(5)).toBeNull();
  expect(at(7)).toEqual({ outcome: 'compensating', reason: 'No.', total: 1, settled: 0, current: 'undoEach', failed: [] });
  expect(at(9)).toEqual({ outcome: 'failed', reason: 'No.', total: 1, settled: 1, current: null, failed: ['undoEach'] });
});
