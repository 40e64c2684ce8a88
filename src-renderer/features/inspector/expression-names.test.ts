import { expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { listExpressionNames } from './expression-names.ts';

const node = (id: string, kind: string, config: WorkflowDocument['nodes'][number]['config']) => ({
  id,
  kind,
  name: id,
  position: { x: 0, y: 0 },
  config,
});
const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  nodes: [
    node('brief', 'input', {
      fields: [
        { name: 'topic', type: 'string', required: true },
        { name: 'words', type: 'integer' },
      ],
    }),
    node('left', 'prompt', { prompt: 'x' }),
    node('writer', 'prompt', { prompt: 'x' }),
    node('later', 'output', { name: 'r' }),
    node('apart', 'prompt', { prompt: 'x' }),
  ],
  edges: [
    { from: { node: 'brief', port: 'topic' }, to: { node: 'left', port: 'in' } },
    { from: { node: 'left', port: 'text' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'brief', port: 'words' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'writer', port: 'text' }, to: { node: 'later', port: 'value' } },
  ],
};

test('an expression may say its own inputs and what any node upstream gives', () => {
  expect(listExpressionNames(document, 'writer')).toEqual([
    { path: 'inputs.in', detail: 'What arrives, for the task to speak about' },
    { path: 'inputs.in.left', detail: 'what comes from left' },
    { path: 'inputs.in.brief', detail: 'what comes from brief' },
    { path: 'brief.topic', detail: 'brief · text' },
    { path: 'brief.words', detail: 'brief · whole number' },
    { path: 'left.text', detail: 'left · text' },
  ]);
});
