import { describe, expect, it } from 'vitest';
import type { Fact } from '../../tests/support/recorded-facts.ts';
import { failed, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toStartedEvent } from '../../tests/support/run-started.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { type RunEvent, toRunEvent } from '../run/events.ts';
import type { RecordedRequest } from '../run/message.ts';
import type { Span } from './span.ts';
import { createTraceBuilder } from './trace-builder.ts';

const workflow = toDocument({ a: { kind: 'agent' }, each: { kind: 'map' }, again: { kind: 'loop' } }, []);
const inner = toDocument({ part: { kind: 'prompt' } }, []);
const request: RecordedRequest = { model: 'p/m', messages: [], tools: [], toolChoice: 'auto', baseFrame: null, keptMessages: 0 };
const error = { code: 'model.rateLimited', message: 'Too many' } as const;

const modelStarted = (frame: string): Fact => ['modelCall.started', { frame, request, requestHash: 'h', idempotencyKey: 'k' }];
const modelCompleted = (frame: string, costUsd: number | null = 0.5): Fact => [
  'modelCall.completed',
  {
    frame,
    answer: {
      text: 'x',
      toolCalls: [],
      finishReason: 'stop',
      usage: { inputTokens: 10, outputTokens: 3, cachedInputTokens: 2 },
      costUsd,
    },
  },
];
const toolRequested = (frame: string): Fact => [
  'toolCall.requested',
  { frame, tool: 'mail', arguments: {}, argumentsHash: 'h', callId: 'id' },
];
const toolStarted = (frame: string): Fact => [
  'toolCall.started',
  { frame, tool: 'mail', arguments: {}, effect: 'neither', idempotencyKey: 'k' },
];

/** Event n happens at 10 × n milliseconds, the start of the run at 0. */
function toEvents(facts: readonly Fact[]): readonly RunEvent[] {
  const rest = facts.map(([type, data], index) => {
    const seq = index + 2;
    return { ...toRunEvent(type, data as never, seq * 10), stream: 'run/r', seq } as RunEvent;
  });
  return [toStartedEvent(workflow, { subworkflows: { inner } }), ...rest];
}

function trace(...facts: readonly Fact[]): readonly Span[] {
  const builder = createTraceBuilder();
  builder.append(toEvents(facts));
  return builder.spans;
}

/** One line a span: how deep, what, from when to when (in events), and how it ended. */
function lines(spans: readonly Span[]): readonly string[] {
  const depth = (span: Span | undefined): number => (span === undefined || span.parent < 0 ? 0 : 1 + depth(spans[span.parent]));
  return spans.map(
    (span) => `${'  '.repeat(depth(span))}${span.kind} ${span.name} ${span.startedSeq}–${span.endedSeq ?? ''} ${span.outcome}`,
  );
}

describe('the spans of a run', () => {
  it('nest as its frames do', () => {
    expect(
      lines(
        trace(
          started('a'),
          ['turn.started', { frame: 'a#1/t1', turn: 1 }],
          modelStarted('a#1/t1/m1'),
          modelCompleted('a#1/t1/m1'),
          toolRequested('a#1/t1/c1'),
          toolStarted('a#1/t1/c1'),
          ['toolCall.completed', { frame: 'a#1/t1/c1', result: 1, isTruncated: false }],
          ['turn.completed', { frame: 'a#1/t1' }],
          succeeded('a'),
        ),
      ),
    ).toEqual([
      'run Test workflow 1– open',
      '  attempt a 2–10 succeeded',
      '    turn turn 1 3–9 succeeded',
      '      model m 4–5 succeeded',
      '      tool mail 6–8 succeeded',
    ]);
  });

  it('carry the tokens and cost of the call that they are, and only those', () => {
    const spans = trace(
      started('a'),
      modelStarted('a#1/m1'),
      modelCompleted('a#1/m1'),
      modelStarted('a#1/m2'),
      modelCompleted('a#1/m2', null),
    );
    expect(spans.map(({ kind, model, tokens, costUsd }) => [kind, model, tokens, costUsd])).toEqual([
      ['run', null, 0, 0],
      ['attempt', null, 0, 0],
      ['model', 'p/m', 13, 0.5],
      ['model', 'p/m', 13, null],
    ]);
  });

  it('go into items, rounds and undoing', () => {
    expect(
      lines(
        trace(
          started('each'),
          ['scope.started', { scope: 'each#1/i0', workflowPath: 'inner', inputs: {} }],
          ['scope.started', { scope: 'each#1/i1', workflowPath: 'inner', inputs: {} }],
          started('each#1/i1/part'),
          succeeded('each#1/i1/part'),
          ['scope.succeeded', { scope: 'each#1/i1', outputs: {} }],
          ['saga.started', { scope: 'each#1/i0', reason: 'x' }],
          started('each#1/i0/part'),
          failed('each#1/i0/part', error),
          ['saga.completed', { scope: 'each#1/i0', failed: ['part'] }],
          ['scope.failed', { scope: 'each#1/i0', error, node: 'part' }],
          started('again'),
          ['scope.started', { scope: 'again#1/i0', workflowPath: 'inner', inputs: {} }],
        ),
      ),
    ).toEqual([
      'run Test workflow 1– open',
      '  attempt each 2– open',
      '    scope item 1 3–12 failed',
      '    scope item 2 4–7 succeeded',
      '      attempt part 5–6 succeeded',
      '      saga undoing 8–11 failed',
      '        attempt part 9–10 failed',
      '  attempt again 13– open',
      '    scope round 1 14– open',
    ]);
  });

  it('show each wait as what it is: for room, another try, a time, a signal, a person, the host', () => {
    expect(
      lines(
        trace(
          ['node.queued', { node: 'a', attempt: 1, lane: 'slow', inputs: {} }],
          ['node.moved', { node: 'a', lane: 'quick', by: 'Ada' }],
          started('a'),
          modelStarted('a#1/m1'),
          ['modelCall.failed', { frame: 'a#1/m1', error, retryAtMs: 99 }],
          modelStarted('a#1/m2'),
          ['modelCall.failed', { frame: 'a#1/m2', error, retryAtMs: null }],
          ['node.failed', { node: 'a', attempt: 1, error, consequence: { type: 'retry', dueAtMs: 100 } }],
          started('a', 2),
          ['timer.started', { frame: 'a#2/w1', dueAtMs: 5 }],
          ['timer.fired', { frame: 'a#2/w1' }],
          ['signal.awaited', { frame: 'a#2/w2', name: 'go', dueAtMs: null }],
          ['signal.received', { name: 'go', payload: null, by: 'Ada' }],
          toolRequested('a#2/c1'),
          [
            'approval.requested',
            { approvalId: 'x', frame: 'a#2', subject: { type: 'toolCall', tool: 'mail', arguments: {}, callFrame: 'a#2/c1' } },
          ],
          ['approval.granted', { approvalId: 'x', by: 'Ada', value: {}, isEdited: false }],
          toolStarted('a#2/c1'),
          ['run.resumed', { inFlightFrames: ['a#2/c1'] }],
          ['toolCall.outcomeUnknown', { frame: 'a#2/c1' }],
          [
            'approval.requested',
            { approvalId: 'y', frame: 'a#2', subject: { type: 'outcomeUnknown', tool: 'mail', arguments: {}, callFrame: 'a#2/c1' } },
          ],
          ['approval.resolved', { approvalId: 'y', by: 'Ada', decision: { type: 'retry' } }],
          toolStarted('a#2/c1'),
          ['toolCall.failed', { frame: 'a#2/c1', error }],
          ['run.interrupted', {}],
          ['run.continued', { by: 'Ada' }],
        ),
      ),
    ).toEqual([
      'run Test workflow 1– open',
      '  queue quick 2–4 succeeded',
      '  attempt a 4–9 failed',
      '    model m 5–6 failed',
      '    retry the model is asked again 6–7 succeeded',
      '    model m 7–8 failed',
      '  retry a tries again 9–10 succeeded',
      '  attempt a · attempt 2 10– open',
      '    timer timer 11–12 succeeded',
      '    signal signal go 13–14 succeeded',
      '    tool mail 15–20 unknown',
      '      approval approval of the call 16–17 succeeded',
      '  held host stopped 19–19 succeeded',
      '    approval outcome unknown 21–22 succeeded',
      '    tool mail 23–24 failed',
      '  held interrupted 25–26 succeeded',
    ]);
  });

  it('know a host that was gone by the last thing that it wrote', () => {
    const [, , held] = trace(started('a'), ['run.resumed', { inFlightFrames: [] }]);
    expect([held?.startedAtMs, held?.endedAtMs]).toEqual([20, 30]);
  });

  it('give a signal to the wait that is open longest, and keep one that nobody waits for', () => {
    const received: Fact = ['signal.received', { name: 'go', payload: null, by: 'Ada' }];
    const wait = (frame: string): Fact => ['signal.awaited', { frame, name: 'go', dueAtMs: null }];
    const spans = trace(started('a'), wait('a#1/w1'), wait('a#1/w2'), received, received, received, wait('a#1/w3'));
    expect(spans.slice(2).map(({ startedSeq, endedSeq }) => [startedSeq, endedSeq])).toEqual([
      [3, 5],
      [4, 6],
      [8, 8],
    ]);
  });

  it('of what failed end with it, and take no signal any more', () => {
    expect(
      lines(
        trace(
          started('a'),
          ['signal.awaited', { frame: 'a#1/w1', name: 'go', dueAtMs: null }],
          failed('a', error),
          started('again'),
          ['signal.awaited', { frame: 'again#1/w1', name: 'go', dueAtMs: null }],
          ['signal.received', { name: 'go', payload: null, by: 'Ada' }],
          ['run.failed', { error, node: 'a' }],
        ),
      ),
    ).toEqual([
      'run Test workflow 1–8 failed',
      '  attempt a 2–4 failed',
      '    signal signal go 3–4 cancelled',
      '  attempt again 5–8 cancelled',
      '    signal signal go 6–7 succeeded',
    ]);
  });

  it('are never turned around by a clock that is set back', () => {
    const builder = createTraceBuilder();
    const [first, second, third] = toEvents([started('a'), succeeded('a')]) as [RunEvent, RunEvent, RunEvent];
    builder.append([first, second, { ...third, atMs: 5 } as RunEvent]);
    expect(builder.spans[1]).toMatchObject({ startedAtMs: 20, endedAtMs: 20 });
  });
});
