import { expect, it } from 'vitest';
import type { Field } from '#shared/nodes/field.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { needsAnswer, readRemembered, toFirstInputs, toFormField } from './run-form.ts';

const topic: Field = { name: 'topic', type: 'string', required: true };
const depth: Field = { name: 'depth', type: 'integer', required: true, default: 2 };
const note: Field = { name: 'note', type: 'string' };

const input = (id: string, fields: readonly Field[], disabled = false) => ({
  id,
  kind: 'input',
  name: id,
  position: { x: 0, y: 0 },
  config: { fields: fields as never },
  disabled,
});
const document = (...nodes: readonly ReturnType<typeof input>[]): WorkflowDocument => ({
  schemaVersion: 1,
  name: 'w',
  nodes: [...nodes],
  edges: [],
});

it('asks for the fields of every input node that is switched on, each once', () => {
  expect(
    listInputFields(document(input('a', [topic, depth]), input('b', [topic, note]), input('c', [{ ...note, name: 'off' }], true))),
  ).toEqual([topic, depth, note]);
});

it('asks for nothing where the config cannot be read: the host says what is wrong with it', () => {
  expect(listInputFields(document({ ...input('a', []), config: { fields: 'x' as never } }))).toEqual([]);
});

it('must ask only for what is required and has no default', () => {
  expect([topic, depth, note].map(needsAnswer)).toEqual([true, false, false]);
  expect(toFormField(depth)).toMatchObject({ isRequired: false, control: { type: 'number', isWhole: true } });
});

it('fills in what was given last time, else the defaults', () => {
  expect(toFirstInputs([topic, depth, note], { topic: 'looms', gone: 1 })).toEqual({ topic: 'looms', depth: 2 });
});

it('forgets a memory that it cannot read', () => {
  expect(readRemembered('{"inputs":{"a":1},"approvalMode":"maybe"}')).toEqual({ inputs: { a: 1 }, approvalMode: 'ask', model: '' });
  expect(readRemembered('{')).toEqual({ inputs: {}, approvalMode: 'ask', model: '' });
});
