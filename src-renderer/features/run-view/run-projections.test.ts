import { describe, expect, it } from 'vitest';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { type RunEvent, type RunEventData, type RunEventType, runEventSchemas, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toStartedData } from '../../../tests/support/run-started.ts';
import { toConsoleEntries } from './console-lines.ts';
import { describeEvent, filterEvents } from './event-words.ts';
import { findFrame, rootFrame, toFrameRows } from './frame-rows.ts';

const node = (id: string, kind: string, name: string) => ({ id, kind, name, position: { x: 0, y: 0 }, config: {} });
const workflow = {
  schemaVersion: 1 as const,
  name: 'Brief',
  nodes: [node('agent', 'agent', 'Agent'), node('ask', 'approval', '')],
  edges: [],
};
const request = { model: 'scripted/demo', messages: [], tools: [], toolChoice: 'auto' as const, baseFrame: null, keptMessages: 0 };
const call = { id: 'c', name: 'read_file', arguments: { path: 'a' }, rawArguments: '{"path":"a"}' };
const usage = { inputTokens: 900, outputTokens: 100, cachedInputTokens: 0 };
const error: ErrorInfo = { code: 'tool.failed', message: 'No such file.' };

type Fact = { readonly [Type in RunEventType]: readonly [Type, RunEventData[Type]] }[RunEventType];
const facts: readonly Fact[] = [
  ['run.started', toStartedData(workflow)],
  ['node.started', { node: 'agent', attempt: 1, inputs: {} }],
  ['node.failed', { node: 'agent', attempt: 1, error, consequence: { type: 'retry', dueAtMs: 2500 } }],
  ['node.started', { node: 'agent', attempt: 2, inputs: {} }],
  ['turn.started', { frame: 'agent#2/t1', turn: 1 }],
  ['modelCall.started', { frame: 'agent#2/t1/m1', request, requestHash: 'h', idempotencyKey: 'k' }],
  [
    'modelCall.completed',
    { frame: 'agent#2/t1/m1', answer: { text: 'I look.', toolCalls: [call], finishReason: 'toolCalls', usage, costUsd: 0.1 } },
  ],
  ['toolCall.requested', { frame: 'agent#2/t1/c1', tool: 'read_file', arguments: { path: 'a' }, argumentsHash: 'h', callId: 'c' }],
  ['toolCall.started', { frame: 'agent#2/t1/c1', tool: 'read_file', arguments: { path: 'a' }, effect: 'idempotent', idempotencyKey: 'k' }],
  ['log.written', { frame: 'agent#2/t1/c1', level: 'warn', text: 'slow\ndisk' }],
  ['toolCall.failed', { frame: 'agent#2/t1/c1', error }],
  ['turn.completed', { frame: 'agent#2/t1' }],
  ['node.started', { node: 'ask', attempt: 1, inputs: {} }],
  [
    'approval.requested',
    { approvalId: 'a', frame: 'ask#1', subject: { type: 'node', title: 'Go on?', message: '', value: null, isEditable: false } },
  ],
];
const toEvent = ([type, data]: Fact, index: number) =>
  ({ ...toRunEvent(type, data as never, 1000 + index * 10), stream: toRunStream('r'), seq: index + 1 }) as unknown as RunEvent;
const events = facts.map(toEvent);
const state = foldRun(events) as RunState;

describe('the words of events', () => {
  it('says what happened and whose it was', () => {
    expect(events.map((event) => [describeEvent(event).node, describeEvent(event).text])).toEqual([
      [null, 'Started “Brief”'],
      ['agent', 'Started'],
      ['agent', 'Failed, tries again in 1.5 s: No such file.'],
      ['agent', 'Attempt 2 started'],
      ['agent', 'Turn 1 started'],
      ['agent', 'Asked scripted/demo, 0 messages'],
      ['agent', 'Model asked for read_file · 1k tok'],
      ['agent', 'Asked for read_file'],
      ['agent', 'read_file started'],
      ['agent', 'warn: slow disk'],
      ['agent', 'Failed: No such file.'],
      ['agent', 'Turn completed'],
      ['ask', 'Started'],
      ['ask', 'Asks you: Go on?'],
    ]);
  });

  it('says who changed what at which moment, from what to what', () => {
    const said = (outcome: object) =>
      describeEvent(
        toEvent(['hook.completed', { frame: 'agent#1', point: 'afterNode', ordinal: 1, hook: 'soften', outcome }] as unknown as Fact, 0),
      ).text;
    expect([
      said({ type: 'changed', before: { value: 'hard' }, value: { value: 'soft' } }),
      said({ type: 'changed', value: 1 }),
      said({ type: 'vetoed', reason: 'too late' }),
    ]).toEqual([
      'After a node, hook soften changed value: "hard" → "soft"',
      'After a node, hook soften changed the value',
      'After a node, hook soften refused: too late',
    ]);
  });

  it('puts every type of event into a category that can be chosen', () => {
    const categories = Object.keys(runEventSchemas).map(
      (type) => describeEvent(toEvent([type, anyData(type)] as unknown as Fact, 0)).category,
    );
    expect(new Set(categories)).toEqual(new Set(['run', 'node', 'scope', 'model', 'tool', 'approval', 'wait', 'hook', 'log']));
  });

  it('narrows by category and by every word', () => {
    expect(filterEvents(events, 'tool', '').map((event) => event.seq)).toEqual([8, 9, 11]);
    expect(filterEvents(events, 'all', 'agent#2 failed').map((event) => event.seq)).toEqual([11]);
    expect(filterEvents(events, 'all', '')).toBe(events);
  });
});

describe('the frames of a run', () => {
  it('nest in order of their start, each with its state', () => {
    expect(toFrameRows(state, new Set()).map((row) => [row.depth, row.label, row.status])).toEqual([
      [0, 'Brief', 'running'],
      [1, 'Agent · attempt 1', 'failed'],
      [1, 'Agent · attempt 2', 'running'],
      [2, 'turn 1 · 1 tool', 'succeeded'],
      [3, 'demo', 'succeeded'],
      [3, 'read_file', 'failed'],
      [1, 'ask', 'waiting'],
    ]);
  });

  it('hide what is below a closed one', () => {
    expect(toFrameRows(state, new Set(['agent#2/t1'])).map((row) => row.id)).toEqual([
      rootFrame,
      'agent#1',
      'agent#2',
      'agent#2/t1',
      'ask#1',
    ]);
    expect(toFrameRows(state, new Set([rootFrame]))).toHaveLength(1);
  });

  it('are found by their path, and not before they began', () => {
    expect(findFrame(state, 'agent#2/t1/c1')).toMatchObject({ type: 'call', node: 'agent', call: { tool: 'read_file' } });
    expect(findFrame(state, 'agent#2/t1')).toMatchObject({ type: 'turn' });
    expect(findFrame(foldRun(events.slice(0, 2)) as RunState, 'agent#2/t1')).toBeUndefined();
  });
});

describe('the console', () => {
  it('holds what was said and written up to a moment, then what is being said', () => {
    expect(toConsoleEntries(events, 11, { 'ask#1/m1': 'Hm' }).map((entry) => [entry.node, entry.kind, entry.text])).toEqual([
      ['agent', 'error', 'No such file.'],
      ['agent', 'model', 'I look.\n→ read_file {"path":"a"}'],
      ['agent', 'warn', 'slow\ndisk'],
      ['agent', 'error', 'No such file.'],
      ['ask', 'live', 'Hm'],
    ]);
    expect(toConsoleEntries(events, 2, {})).toEqual([]);
  });
});

/** Enough of each type's data for its line; the types above have the real ones. */
function anyData(type: string): object {
  const known = facts.find(([name]) => name === type)?.[1];
  const decision = { type: 'fail' };
  return (
    known ?? {
      error,
      reason: 'r',
      inFlightFrames: [],
      node: 'agent',
      attempt: 1,
      frame: 'agent#1',
      by: 'user',
      isEdited: false,
      decision,
      retryAtMs: null,
      isTruncated: false,
      case: 'yes',
      changes: [{ type: 'skip', workflow: null, node: 'agent' }],
      scope: 'agent#1/i0',
      failed: [],
      dueAtMs: 9,
      outcome: { type: 'observed' },
      answer: { text: 't' },
      from: { runId: 'r', frame: 'f' },
      onTimeout: 'fail',
      to: 'lead',
    }
  );
}

it('shows a call that was stopped with its run as stopped, not as gone wrong', () => {
  const stopped: Fact = ['toolCall.failed', { frame: 'agent#2/t1/c1', error: { code: 'run.cancelled', message: 'The run was stopped.' } }];
  const events = facts.map((fact, index) => toEvent(fact[0] === 'toolCall.failed' ? stopped : fact, index));
  const row = toFrameRows(foldRun(events) as RunState, new Set()).find(({ id }) => id === 'agent#2/t1/c1');
  expect(row?.status).toBe('cancelled');
  const entry = toConsoleEntries(events, events.length, {}).find(({ text }) => text === 'The run was stopped.');
  expect(entry?.kind).toBe('info');
});
