import { expect, it } from 'vitest';
import { readForm, toFormTexts, toSchemaFields } from './value-form.ts';

const schema = {
  type: 'object',
  required: ['path', 'count'],
  properties: {
    path: { type: 'string', description: 'Where to write.' },
    count: { type: 'integer' },
    mode: { enum: ['append', 'replace'] },
    isDry: { type: 'boolean' },
    tags: { type: 'array' },
  },
};

it('gives back the value it was filled with, keys outside the schema included', () => {
  const value = { path: 'a.md', count: 3, mode: 'append', isDry: true, tags: ['x'], extra: { deep: [1] } };
  const fields = toSchemaFields(schema, value);
  expect(readForm(fields, toFormTexts(fields, value))).toEqual({ value, problems: {} });
});

it('says by field what is wrong', () => {
  const fields = toSchemaFields(schema, {});
  expect(readForm(fields, { count: '1.5', mode: 'shout', tags: '[1,' }).problems).toEqual({
    path: 'Needs a text.',
    count: 'Must be a whole number.',
    mode: 'Must be one of append, replace.',
    tags: expect.stringContaining('Is not JSON'),
  });
});

it('leaves out what is empty and not required, and takes a toggle that was not touched for off', () => {
  const fields = toSchemaFields(schema, {});
  expect(readForm(fields, { path: 'a', count: '2' })).toEqual({ value: { path: 'a', count: 2, isDry: false }, problems: {} });
});
