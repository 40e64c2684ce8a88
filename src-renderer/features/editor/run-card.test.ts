import { describe, expect, test } from 'vitest';
import type { GivenSource } from '#shared/run/part.ts';
import type { NodeState, RunState } from '#shared/run/state.ts';
import { noUsage } from '#shared/run/usage.ts';
import { type CardSource, createRunCards, toEdgeProgress, toRunCard } from './run-card.ts';

const attempt = (turns: number, openQuestions: readonly string[] = []) => ({
  frame: 'a#1',
  attempt: 1,
  inputs: {},
  startedAtMs: 0,
  startedSeq: 1,
  endedAtMs: null,
  error: null,
  calls: [],
  scopes: [],
  openScopes: 0,
  waits: [],
  hooks: [],
  openQuestions,
  began: null,
  turns: Array.from({ length: turns }, (_, index) => ({
    frame: `a#1/t${index + 1}`,
    turn: index + 1,
    startedAtMs: 0,
    endedAtMs: null,
    calls: [],
  })),
});
const usage = { ...noUsage, inputTokens: 7_000, outputTokens: 100, modelCalls: 2, costUsd: null };
const workflow = { nodes: [{ id: 'a', kind: 'prompt' }], edges: [] };
const state = (node: NodeState, more: Partial<RunState> = {}): CardSource => {
  const run = { status: 'running', approvals: {}, workflow, nodes: [node], ...more } as unknown as RunState;
  return { run, graph: run, undoOrder: new Map() };
};

describe('the run on a card', () => {
  test('shows the turn and what was used while it works, and what the model says', () => {
    const running: NodeState = { status: 'running', startedAtMs: 5, attempts: [attempt(3)], usage };
    expect(toRunCard(state(running), 'a', 'so it\n  goes on')).toEqual({
      status: 'running',
      startedAtMs: 5,
      dueAtMs: null,
      figures: ['turn 3', '7.1k tok', '–'],
      snippet: 'so it goes on',
      progress: null,
      undoOrder: null,
      isOutside: false,
      canEnter: false,
    });
  });

  test('says that it waits for a person, or that nobody knows what happened', () => {
    const running: NodeState = { status: 'running', startedAtMs: 5, attempts: [attempt(0, ['x'])], usage: noUsage };
    const asks = (type: string) =>
      ({ approvals: { x: { node: 'a', decision: { type: 'open' }, subject: { type } } } }) as unknown as Partial<RunState>;
    expect(toRunCard(state(running, asks('toolCall')), 'a', undefined).status).toBe('waiting');
    expect(toRunCard(state(running, asks('outcomeUnknown')), 'a', undefined).status).toBe('unknown');
  });

  test('shows how long it took, and why it was skipped', () => {
    const done: NodeState = {
      status: 'succeeded',
      startedAtMs: 0,
      endedAtMs: 1_400,
      attempts: [attempt(0)],
      usage: noUsage,
      settledSeq: 2,
      outputs: {},
    };
    expect(toRunCard(state(done), 'a', 'late words')).toMatchObject({ status: 'succeeded', figures: ['1.4 s'], snippet: null });
    const skipped: NodeState = { status: 'skipped', reason: 'branchNotTaken', attempts: [], usage: noUsage, settledSeq: 2 };
    expect(toRunCard(state(skipped), 'a', undefined).figures).toEqual(['skipped, way not taken']);
    expect(toRunCard(state({ ...skipped, reason: 'failed' }), 'a', undefined).figures).toEqual(['failed, left out']);
    expect(toRunCard(state(skipped), 'other', undefined).figures).toEqual(['not reached yet']);
  });

  test('says what stands for a node that did not run, and that a node is not part of the run', () => {
    const given: NodeState = {
      status: 'succeeded',
      startedAtMs: 0,
      endedAtMs: 0,
      attempts: [],
      usage: noUsage,
      settledSeq: 1,
      outputs: {},
    };
    const of = (source: GivenSource) => toRunCard(state({ ...given, given: source }), 'a', undefined).figures;
    expect(of({ type: 'pinned' })).toEqual(['pinned']);
    expect(of({ type: 'recorded', runId: 'run-abc123' })).toEqual(['from run #abc123']);
    expect(of({ type: 'typed' })).toEqual(['given by hand']);
    const outside: NodeState = { status: 'skipped', reason: 'notInPart', attempts: [], usage: noUsage, settledSeq: 1 };
    expect(toRunCard(state(outside), 'a', undefined)).toMatchObject({ isOutside: true, figures: ['not part of this run'] });
  });

  test('lights up edges that were taken, and lets those flow whose model speaks', () => {
    const edge = { from: { node: 'a', port: 'text' }, to: { node: 'b', port: 'in' } };
    const running: NodeState = { status: 'running', startedAtMs: 5, attempts: [], usage: noUsage };
    const done: NodeState = {
      status: 'succeeded',
      startedAtMs: 0,
      endedAtMs: 1,
      attempts: [],
      usage: noUsage,
      settledSeq: 2,
      outputs: { text: 'x' },
    };
    expect(toEdgeProgress(state(running).graph, edge, new Set())).toBe('idle');
    expect(toEdgeProgress(state(running).graph, edge, new Set(['a']))).toBe('flowing');
    expect(toEdgeProgress(state(done).graph, edge, new Set())).toBe('taken');
    expect(toEdgeProgress(state({ ...done, outputs: {} }).graph, edge, new Set())).toBe('skipped');
  });
});

describe('a map on a card', () => {
  const scope = (index: number, status: string) => ({ path: `a#1/i${index}`, index, status, endedAtMs: status === 'running' ? null : 1 });
  const map = { nodes: [{ id: 'a', kind: 'map', config: { workflow: 'x.heddle.json', items: 'inputs.items' } }], edges: [] };

  test('shows how many of its items are done, failed and at work', () => {
    const running = {
      status: 'running',
      startedAtMs: 5,
      usage: noUsage,
      attempts: [
        { ...attempt(0), inputs: { items: [1, 2, 3, 4] }, scopes: [scope(0, 'succeeded'), scope(1, 'failed'), scope(2, 'running')] },
      ],
    } as unknown as NodeState;
    expect(toRunCard(state(running, { workflow: map } as unknown as Partial<RunState>), 'a', undefined)).toMatchObject({
      figures: ['2/4', '1 failed'],
      progress: { succeeded: 1, failed: 1, atWork: 1, total: 4 },
      canEnter: true,
    });
  });

  test('does not invent how many there are when nobody knows', () => {
    const running = {
      status: 'running',
      startedAtMs: 5,
      usage: noUsage,
      attempts: [{ ...attempt(0), inputs: { items: 'no list' }, scopes: [scope(0, 'succeeded')] }],
    } as unknown as NodeState;
    const card = toRunCard(state(running, { workflow: map } as unknown as Partial<RunState>), 'a', undefined);
    expect([card.figures, card.progress?.total]).toEqual([['1 done'], null]);
  });
});

test('a node in its lane says which, and since when', () => {
  const queued: NodeState = { status: 'queued', queuedAtMs: 7, lane: 'slow', inputs: {}, attempts: [], usage: noUsage };
  expect(toRunCard(state(queued), 'a', undefined)).toMatchObject({ status: 'queued', startedAtMs: 7, figures: ['in lane slow'] });
});

test('of all cards, only those are made again where something happened', () => {
  const toRunCards = createRunCards();
  const two = { nodes: ['a', 'b'].map((id) => ({ id, kind: 'prompt' })), edges: [] };
  const pending: NodeState = { status: 'pending' };
  const started: NodeState = { status: 'running', startedAtMs: 5, attempts: [attempt(1)], usage };
  const source = (first: NodeState, status: RunState['status'] = 'running'): CardSource => {
    const run = { status, approvals: noApprovals, workflow: two, nodes: [first, pending] } as unknown as RunState;
    return { run, graph: run, undoOrder: new Map() };
  };
  const noApprovals = {};
  const before = toRunCards(source(pending), new Map());
  const after = toRunCards(source(started), new Map());
  expect(after.map((card, index) => card === before[index])).toEqual([false, true]);
  const speaking = toRunCards(source(started), new Map([['a', 'Well']]));
  expect([speaking[0]?.snippet, speaking[1] === after[1]]).toEqual(['Well', true]);
  // What a node shows follows from the run's own state too.
  expect(toRunCards(source(started, 'cancelling'), new Map())[0]?.status).toBe('cancelling');
});
