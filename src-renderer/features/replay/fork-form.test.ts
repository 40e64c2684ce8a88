import { expect, it } from 'vitest';
import type { CallState } from '#shared/run/state.ts';
import { isEditable, readCallEdit, readInputsEdit, toCallText } from './fork-form.ts';

const tool = (result: unknown): CallState =>
  ({ type: 'tool', frame: 'a#1/c1', outcome: { type: 'completed', result, isTruncated: false } }) as unknown as CallState;
const model = {
  type: 'model',
  frame: 'a#1/m1',
  outcome: { type: 'completed', answer: { text: 'Yes.', toolCalls: [], finishReason: 'stop', usage: null, costUsd: null } },
} as unknown as CallState;

it('an answer is edited as text, a result as what it was: text or JSON', () => {
  expect([toCallText(model), toCallText(tool('seen')), toCallText(tool({ a: 1 }))]).toEqual(['Yes.', 'seen', '{\n  "a": 1\n}']);
  expect(readCallEdit(model, 'No.')).toEqual({ edit: { type: 'answer', frame: 'a#1/m1', text: 'No.' } });
  expect(readCallEdit(tool('seen'), '{"not": "parsed"}')).toEqual({
    edit: { type: 'result', frame: 'a#1/c1', result: '{"not": "parsed"}' },
  });
  expect(readCallEdit(tool({ a: 1 }), '{"a": 2}')).toEqual({ edit: { type: 'result', frame: 'a#1/c1', result: { a: 2 } } });
  expect(readCallEdit(tool({ a: 1 }), '{"a": 2')).toEqual({ problem: 'This is not JSON.' });
});

it('what was left as it was is no edit', () => {
  expect(readCallEdit(model, 'Yes.')).toEqual({});
  expect(readInputsEdit({ a: 1, b: [2] }, '{"b": [2], "a": 1}')).toEqual({});
});

it('of the inputs only those go with the edit that were changed', () => {
  expect(readInputsEdit({ a: 1, b: 2 }, '{"a": 1, "b": 3}')).toEqual({ edit: { type: 'inputs', inputs: { b: 3 } } });
  expect(readInputsEdit({ a: 1 }, '[1]')).toEqual({ problem: 'This is not a JSON object.' });
});

it('a call that has not ended well has nothing to edit', () => {
  expect(isEditable(model)).toBe(true);
  expect(isEditable({ ...model, outcome: { type: 'pending' } } as unknown as CallState)).toBe(false);
});
