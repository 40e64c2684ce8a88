import { expect, it } from 'vitest';
import { readForm, toFormTexts } from '../../ui/value-form.ts';
import { fromFormValue, toFirstValue, toFormFields } from './form-fields.ts';

const schema = {
  type: 'object',
  required: ['amount', 'level', 'due'],
  properties: {
    amount: { type: 'integer', minimum: 1, maximum: 10, title: 'Amount', default: 3 },
    level: { enum: [1, 2, 'high'] },
    due: { type: 'string', format: 'date' },
    note: { type: ['string', 'null'], maxLength: 5 },
    tags: { type: 'array' },
  },
};
const ask = (value: unknown) => ({ type: 'form', title: 'T', message: '', schema, value }) as Parameters<typeof toFirstValue>[0];

it('draws a control for each property, and begins with its default and what came with the question', () => {
  expect(toFormFields(schema).map(({ label, control }) => [label, control.type])).toEqual([
    ['Amount', 'number'],
    ['level', 'choice'],
    ['due', 'moment'],
    ['note', 'text'],
    ['tags', 'json'],
  ]);
  expect(toFirstValue(ask({ note: 'hi', amount: 4 }))).toEqual({ amount: 4, note: 'hi' });
});

it('reads what was filled in by the types of the schema', () => {
  const texts = { ...toFormTexts(toFormFields(schema), toFirstValue(ask(null))), level: '2', due: '2026-03-01', tags: '["a"]' };
  expect(readForm(toFormFields(schema), texts)).toEqual({ value: { amount: 3, level: 2, due: '2026-03-01', tags: ['a'] }, problems: {} });
});

it('says by field what the schema does not allow', () => {
  const { problems } = readForm(toFormFields(schema), { amount: '11', level: '9', note: 'too long', tags: '{}' });
  expect(problems).toEqual({
    amount: 'Must be at most 10.',
    level: 'Must be one of 1, 2, high.',
    due: 'Needs a value.',
    note: 'Takes at most 5 letters.',
    tags: 'Must be a list: [ … ].',
  });
});

it('asks for one value when the schema is not that of an object', () => {
  const text = { type: 'string', minLength: 2 };
  const [field] = toFormFields(text);
  expect(readForm([field as NonNullable<typeof field>], { '': 'a' }).problems).toEqual({ '': 'Needs at least 2 letters.' });
  expect(fromFormValue(text, { '': 'ab' })).toBe('ab');
});
