import { expect, it } from 'vitest';
import { toDocument } from '../../../tests/support/workflow-builder.ts';
import { readMissing, toGivenLines, toMissingNodes } from './part-form.ts';

const document = toDocument({ ask: { kind: 'prompt' }, way: { kind: 'branch' }, count: { kind: 'transform' } }, []);
const missing = toMissingNodes(document, [
  { node: 'ask', name: 'Ask', ports: [{ name: 'text', schema: { type: 'string' } }] },
  {
    node: 'way',
    name: 'way',
    ports: [
      { name: 'yes', schema: {} },
      { name: 'else', schema: {} },
    ],
  },
]);

it('asks for every output that is needed, and of a node that chooses a way for one', () => {
  expect(missing.map(({ name, fields }) => [name, fields.map(({ key, label, isRequired }) => `${key} ${label} ${isRequired}`)])).toEqual([
    ['Ask', ['ask.text text true']],
    ['way', ['way.yes yes false', 'way.else else false']],
  ]);
});

it('reads what was typed by node and port', () => {
  expect(readMissing(missing, { 'ask.text': 'words', 'way.else': '{"a": 1}' })).toEqual({
    given: { ask: { text: 'words' }, way: { else: { a: 1 } } },
    problems: {},
  });
  expect(readMissing(missing, {}).problems).toEqual({ 'ask.text': 'Needs a text.', 'way.yes': 'One of them needs a value.' });
});

it('says where the rest comes from, a line for each source', () => {
  const recorded = { type: 'recorded', runId: 'run-000000abc123' } as const;
  expect(
    toGivenLines(document, [
      { node: 'ask', source: recorded, isSkipped: false },
      { node: 'way', source: recorded, isSkipped: true },
      { node: 'count', source: { type: 'pinned' }, isSkipped: false },
    ]),
  ).toEqual(['ask, way (skipped): from run #abc123', 'count: pinned']);
});
