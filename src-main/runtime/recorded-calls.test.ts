import { expect, it } from 'vitest';
import type { AttemptState, ModelCallState, ToolCallState } from '#shared/run/state.ts';
import { createRecordedCalls } from './recorded-calls.ts';

const modelCall = (frame: string, requestHash: string) =>
  ({ type: 'model', frame, requestHash, request: { model: 'test/model' } }) as unknown as ModelCallState;
const toolCall = (frame: string, argumentsHash: string) => ({ type: 'tool', frame, argumentsHash, tool: 'look' }) as ToolCallState;

/** An attempt with calls of its own and those of two turns. */
const attempt = {
  frame: 'a#1',
  calls: [modelCall('a#1/m1', 'one'), toolCall('a#1/c1', 'two'), toolCall('a#1/c2', 'two')],
  turns: [{ calls: [modelCall('a#1/t1/m1', 'three'), toolCall('a#1/t1/c1', 'four')] }, { calls: [toolCall('a#1/t2/c1', 'four')] }],
} as unknown as AttemptState;

it('gives each recorded call once, to whoever asks for the same in its place', () => {
  const recorded = createRecordedCalls(attempt);
  expect(recorded.takeModelCall('one', undefined)?.frame).toBe('a#1/m1');
  expect(recorded.takeModelCall('one', undefined)).toBeUndefined();
  expect(recorded.takeToolCall('two', undefined)?.frame).toBe('a#1/c1');
  expect(recorded.takeToolCall('two', undefined)?.frame).toBe('a#1/c2');
  expect(recorded.takeToolCall('four', 'a#1/t2')?.frame).toBe('a#1/t2/c1');
  expect(recorded.takeToolCall('four', 'a#1/t1')?.frame).toBe('a#1/t1/c1');
  // Where nothing was recorded, what is asked for is new.
  expect(recorded.takeModelCall('three', 'a#1/t3')).toBeUndefined();
});

it('counts how often a content was asked for', () => {
  const recorded = createRecordedCalls(attempt);
  recorded.takeToolCall('two', undefined);
  recorded.takeToolCall('two', undefined);
  recorded.takeModelCall('three', 'a#1/t1');
  expect(['two', 'three', 'nothing'].map((hash) => recorded.countOf(hash))).toEqual([2, 1, 0]);
});

it('refuses what does not fit the recording that is still open in its place, and names it', () => {
  const recorded = createRecordedCalls(attempt);
  expect(() => recorded.takeModelCall('other', undefined)).toThrow(
    expect.objectContaining({
      code: 'run.replayMiss',
      message: expect.stringContaining('a request to test/model at a#1/m1'),
      details: { nearestFrame: 'a#1/m1', recordedHash: 'one', askedHash: 'other' },
    }),
  );
  expect(() => recorded.takeToolCall('other', 'a#1/t1')).toThrow(
    expect.objectContaining({
      code: 'run.replayMiss',
      message: expect.stringContaining('a call of look at a#1/t1/c1'),
      details: { nearestFrame: 'a#1/t1/c1', recordedHash: 'four', askedHash: 'other' },
    }),
  );
  // What was refused took nothing.
  expect(recorded.takeModelCall('one', undefined)?.frame).toBe('a#1/m1');
});
