import { describe, expect, test } from 'vitest';
import type { NodeState, RunState } from '#shared/run/state.ts';
import { noUsage } from '#shared/run/usage.ts';
import { toEdgeProgress, toRunCard } from './run-card.ts';

const attempt = (turns: number) => ({
  frame: 'a#1',
  attempt: 1,
  inputs: {},
  startedAtMs: 0,
  startedSeq: 1,
  endedAtMs: null,
  error: null,
  calls: [],
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
const state = (node: NodeState, more: Partial<RunState> = {}) =>
  ({ status: 'running', approvals: {}, workflow, nodes: [node], ...more }) as unknown as RunState;

describe('the run on a card', () => {
  test('shows the turn and what was used while it works, and what the model says', () => {
    const running: NodeState = { status: 'running', startedAtMs: 5, attempts: [attempt(3)], usage };
    expect(toRunCard(state(running), 'a', 'so it\n  goes on')).toEqual({
      status: 'running',
      startedAtMs: 5,
      figures: ['turn 3', '7.1k tok', '–'],
      snippet: 'so it goes on',
    });
  });

  test('says that it waits for a person, or that nobody knows what happened', () => {
    const running: NodeState = { status: 'running', startedAtMs: 5, attempts: [attempt(0)], usage: noUsage };
    const asks = (type: string) =>
      ({ approvals: { x: { node: 'a', decision: { type: 'open' }, subject: { type } } } }) as unknown as Partial<RunState>;
    expect(toRunCard(state(running, asks('toolCall')), 'a', undefined).status).toBe('waiting');
    expect(toRunCard(state(running, asks('outcomeUnknown')), 'a', undefined).status).toBe('unknown');
  });

  test('shows how long it took, and why it was skipped', () => {
    const done: NodeState = { status: 'succeeded', startedAtMs: 0, endedAtMs: 1_400, attempts: [attempt(0)], usage: noUsage, outputs: {} };
    expect(toRunCard(state(done), 'a', 'late words')).toMatchObject({ status: 'succeeded', figures: ['1.4 s'], snippet: null });
    const skipped: NodeState = { status: 'skipped', reason: 'branchNotTaken', attempts: [], usage: noUsage };
    expect(toRunCard(state(skipped), 'a', undefined).figures).toEqual(['skipped, way not taken']);
    expect(toRunCard(state(skipped), 'other', undefined).figures).toEqual(['not reached yet']);
  });

  test('lights up edges that were taken, and lets those flow whose model speaks', () => {
    const edge = { from: { node: 'a', port: 'text' }, to: { node: 'b', port: 'in' } };
    const running: NodeState = { status: 'running', startedAtMs: 5, attempts: [], usage: noUsage };
    const done: NodeState = { status: 'succeeded', startedAtMs: 0, endedAtMs: 1, attempts: [], usage: noUsage, outputs: { text: 'x' } };
    expect(toEdgeProgress(state(running), edge, new Set())).toBe('idle');
    expect(toEdgeProgress(state(running), edge, new Set(['a']))).toBe('flowing');
    expect(toEdgeProgress(state(done), edge, new Set())).toBe('taken');
    expect(toEdgeProgress(state({ ...done, outputs: {} }), edge, new Set())).toBe('skipped');
  });
});
