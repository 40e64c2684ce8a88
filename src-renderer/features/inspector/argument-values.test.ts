import { expect, test } from 'vitest';
import { fromArgumentText, listArguments, toArgumentText } from './argument-values.ts';

test('the form of a tool follows its schema, and keeps what it does not know', () => {
  const schema = {
    type: 'object',
    required: ['path'],
    properties: { path: { type: 'string', description: 'Where.' }, mode: { enum: ['replace', 'append'] }, limit: { type: 'integer' } },
  };
  expect(
    listArguments(schema, { path: 'a', old: 1 }).map((field) => [
      field.name,
      field.isRequired,
      field.isKnown,
      field.choices,
      field.takesText,
    ]),
  ).toEqual([
    ['path', true, true, null, true],
    ['mode', false, true, ['replace', 'append'], false],
    ['limit', false, true, null, false],
    ['old', false, false, null, false],
  ]);
  expect(listArguments({}, {})).toEqual([]);
});

test('numbers, lists and templates go through the form as what they are', () => {
  for (const value of [3, true, ['a'], { b: null }, 'x', '{{ brief.topic }}'])
    expect(fromArgumentText(toArgumentText(value), false)).toEqual(value);
  expect(fromArgumentText('3', true)).toBe('3');
  expect(fromArgumentText('', true)).toBe(undefined);
  expect(fromArgumentText('"quoted"', false)).toBe('"quoted"');
});
