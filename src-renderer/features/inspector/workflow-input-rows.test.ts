import { expect, it } from 'vitest';
import type { Field } from '#shared/nodes/field.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { validateWorkflow } from '#shared/workflow/validation.ts';
import { listExpressionNames } from './expression-names.ts';
import { listExtraNames } from './extra-names.ts';
import { toFirstWorkflow } from './new-workflow.ts';
import { listUndoChoices } from './undo-choices.ts';
import { listInputRows } from './workflow-input-rows.ts';

const topic: Field = { name: 'topic', type: 'string', required: true, description: 'What about.' };
const words: Field = { name: 'words', type: 'integer', default: 300 };
const node = (id: string, kind = 'transform', more: object = {}) => ({
  id,
  kind,
  name: '',
  position: { x: 0, y: 0 },
  config: kind === 'transform' ? { expression: '1' } : {},
  ...more,
});

it('has a row for each input that the workflow asks for, and for what is given beyond them', () => {
  const rows = listInputRows([topic, words], { topic: '{{ item }}', old: 1 }, 'map');
  expect(rows.map(({ name, words: type, problem, value }) => [name, type, problem, value])).toEqual([
    ['topic', 'text, required', null, '{{ item }}'],
    ['words', 'whole number', null, undefined],
    ['old', 'not asked for', expect.stringContaining('no such input'), 1],
  ]);
  expect(rows[1]?.placeholder).toBe('left out: 300');
});

it('says what is missing, but not where a map hands over the item by itself', () => {
  expect(listInputRows([topic], {}, 'loop')[0]?.problem).toBe('The workflow needs this.');
  expect(listInputRows([topic], {}, 'map')[0]).toMatchObject({ problem: null, placeholder: '{{ item }}' });
  expect(listInputRows([topic, words], {}, 'map')[0]?.problem).toBe('The workflow needs this.');
});

it('makes a first workflow that can run as it is', () => {
  const made = toFirstWorkflow({ ...node('each', 'map'), name: 'Each' });
  expect(made.name).toBe('Each item');
  expect(validateWorkflow(made, { tools: [], providers: [], workflows: [] })).toEqual([]);
});

it('offers the names that a kind adds, with the outputs of the workflow that it runs', () => {
  const runs = toFirstWorkflow({ ...node('again', 'loop'), name: 'Again' });
  expect(listExtraNames('loop', 'until', runs).map(({ path }) => path)).toEqual(['last', 'last.result', 'round']);
  expect(listExtraNames('map', 'inputs', null).map(({ path }) => path)).toEqual(['item', 'index']);
  expect(listExtraNames('agent', 'prompt', runs)).toEqual([]);
});

it('offers to a compensation the node it undoes and what leads there; and to a node only what can undo it', () => {
  const document: WorkflowDocument = {
    schemaVersion: 1,
    name: 'T',
    nodes: [node('brief'), node('book', 'transform', { compensation: 'undo' }), node('undo'), node('free'), node('n', 'note')],
    edges: [{ from: { node: 'brief', port: 'value' }, to: { node: 'book', port: 'in' } }],
  };
  const names = listExpressionNames(document, 'undo').map(({ path }) => path);
  expect(names.filter((path) => !path.startsWith('inputs'))).toEqual(['brief.value', 'book.value']);
  expect(listUndoChoices(document, document.nodes[1] as never).map(({ id }) => id)).toEqual(['undo', 'free']);
  expect(listUndoChoices(document, document.nodes[0] as never).map(({ id }) => id)).toEqual(['free']);
});
