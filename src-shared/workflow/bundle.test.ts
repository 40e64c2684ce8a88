import { expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { followMoves, listNeeds } from './bundle.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';

const node = (id: string, kind: string, config: JsonObject, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id,
  kind,
  name: id,
  position: { x: 0, y: 0 },
  config,
  ...more,
});
const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'test',
  hooks: [{ id: 'h', point: 'beforeRun', action: { type: 'code', source: 'return null;' } }],
  nodes: [
    node('start', 'input', {
      fields: [
        { name: 'folder', type: 'folder', default: 'manual/texts' },
        { name: 'topic', type: 'string', default: 'manual' },
      ],
    }),
    node('ask', 'agent', { model: 'scripted/a', tools: [{ name: 'read_file' }, { name: 'wiki__find' }] }, { lane: 'slow' }),
    node('sub', 'subflow', { workflow: 'parts/a.heddle.json', inputs: { path: 'manual/a.md', other: 'manuals' } }),
    node('half', 'transform', { expression: 'manual/2' }),
    node('odd', 'code', { inputs: [], outputs: [], source: 'return {};' }),
  ],
  edges: [],
};

test('what a workflow names is read off its nodes, by the fields of their kinds', () => {
  expect(listNeeds([document, document])).toEqual({
    tools: ['read_file', 'wiki__find'],
    models: ['scripted/a'],
    workflows: ['parts/a.heddle.json'],
    lanes: ['slow'],
    paths: ['manual/texts'],
    scripts: 4,
  });
});

test('what moved is followed wherever it is named, and only there', () => {
  const moved = followMoves(document, {
    workflows: new Map([['parts/a.heddle.json', 'parts/a 2.heddle.json']]),
    models: new Map([['scripted/a', 'scripted/a-2']]),
    paths: new Map([['manual', 'manual 2']]),
  });
  const [start, ask, sub, half] = moved.nodes.map(({ config }) => config);
  expect(start).toMatchObject({ fields: [{ default: 'manual 2/texts' }, { default: 'manual 2' }] });
  expect(ask).toMatchObject({ model: 'scripted/a-2' });
  expect(sub).toEqual({ workflow: 'parts/a 2.heddle.json', inputs: { path: 'manual 2/a.md', other: 'manuals' } });
  expect(half).toEqual({ expression: 'manual/2' });
});
