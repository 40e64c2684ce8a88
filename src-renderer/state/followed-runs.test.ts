import { describe, expect, it } from 'vitest';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import { type RunEvent, type RunEventData, type RunEventType, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { toStartedData } from '../../tests/support/run-started.ts';
import { createFollowedRun, selectShownState, toShownSeq, withCursor, withCursorMoved, withItems } from './followed-runs.ts';

const workflow = {
  schemaVersion: 1 as const,
  name: 'w',
  nodes: [{ id: 'writer', kind: 'prompt', name: 'Writer', position: { x: 0, y: 0 }, config: {} }],
  edges: [],
};
const request = { model: 'scripted/demo', messages: [], tools: [], toolChoice: 'auto' as const, baseFrame: null, keptMessages: 0 };
const answer = { text: 'Hello.', toolCalls: [], finishReason: 'stop' as const, usage: null, costUsd: null };

function journal(): readonly RunEvent[] {
  const facts: readonly { readonly [Type in RunEventType]: readonly [Type, RunEventData[Type]] }[RunEventType][] = [
    ['run.started', toStartedData(workflow, { runId: 'r1' })],
    ['node.started', { node: 'writer', attempt: 1, inputs: {} }],
    ['modelCall.started', { frame: 'writer#1/m1', request, requestHash: 'h', idempotencyKey: 'k' }],
    ['modelCall.completed', { frame: 'writer#1/m1', answer }],
    ['node.succeeded', { node: 'writer', attempt: 1, outputs: { text: 'Hello.' } }],
    ['run.succeeded', { outputs: {} }],
  ];
  return facts.map(
    ([type, data], index) =>
      ({ ...toRunEvent(type, data as never, 1000 + index), stream: toRunStream('r1'), seq: index + 1 }) as unknown as RunEvent,
  );
}

const items = (events: readonly RunEvent[]): readonly RunFollowItem[] => events.map((event) => ({ type: 'event', event: event as never }));
const said = (text: string): RunFollowItem => ({ type: 'delta', frame: 'writer#1/m1', delta: { type: 'text', text } });
const events = journal();

describe('a followed run', () => {
  it('folds to the same state in one batch, event by event, and with a reconnection that repeats', () => {
    const atOnce = withItems(createFollowedRun('run:r1'), items(events));
    const oneByOne = items(events).reduce((run, item) => withItems(run, [item]), createFollowedRun('run:r1'));
    const repeated = withItems(withItems(createFollowedRun('run:r1'), items(events.slice(0, 4))), items(events.slice(1)));
    for (const run of [atOnce, oneByOne, repeated]) {
      expect(run.head).toEqual(foldRun(events));
      expect(run.events).toEqual(events);
    }
  });

  it('keeps what a model says until its answer is a fact', () => {
    const speaking = withItems(createFollowedRun('run:r1'), [...items(events.slice(0, 3)), said('Hel'), said('lo')]);
    expect(speaking.liveText).toEqual({ 'writer#1/m1': 'Hello' });
    expect(withItems(speaking, items(events.slice(3, 4))).liveText).toEqual({});
  });

  it('forgets words that come after the answer', () => {
    const answered = withItems(createFollowedRun('run:r1'), items(events.slice(0, 4)));
    expect(withItems(answered, [said('lo.')]).liveText).toEqual({});
  });

  it('begins anew when the same call is sent again', () => {
    const cut = withItems(createFollowedRun('run:r1'), [...items(events.slice(0, 2)), said('Half an ans')]);
    expect(withItems(cut, items(events.slice(2, 3))).liveText).toEqual({});
  });

  it('is live once it has caught up', () => {
    const run = withItems(createFollowedRun('run:r1'), [...items(events.slice(0, 2)), { type: 'caughtUp', lastSeq: 2 }]);
    expect(run.phase).toBe('live');
  });
});

describe('looking at the past', () => {
  const run = withItems(createFollowedRun('run:r1'), items(events));

  it('shows the state after each event exactly as it was', () => {
    for (let seq = 1; seq <= events.length; seq += 1) expect(selectShownState(withCursor(run, seq))).toEqual(foldRun(events.slice(0, seq)));
  });

  it('stays between the first and the newest event, and is live again at the newest', () => {
    expect(toShownSeq(withCursorMoved(withCursor(run, 2), -5))).toBe(1);
    expect(withCursorMoved(withCursor(run, 5), 1).cursor).toBeNull();
    expect(toShownSeq(run)).toBe(6);
  });

  it('stays where it is when new events come', () => {
    const past = withCursor(withItems(createFollowedRun('run:r1'), items(events.slice(0, 4))), 2);
    expect(toShownSeq(withItems(past, items(events.slice(4))))).toBe(2);
  });
});
