import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { type ApiWorld, createApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
});
afterEach(() => world.close());

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Brief',
  nodes: [
    { id: 'start', kind: 'input', name: 'Start', position: { x: 10, y: 20 }, config: { fields: [{ name: 'topic', type: 'string' }] } },
    { id: 'out', kind: 'output', name: 'Out', position: { x: 300, y: 20 }, config: { name: 'text' } },
  ],
  edges: [{ from: { node: 'start', port: 'topic' }, to: { node: 'out', port: 'value' } }],
};

describe('the code of a workflow', () => {
  test.each(['json', 'yaml', 'ts'] as const)('is written as %s and read back, with the layout of the document before', async (form) => {
    const { api } = world.connect();
    const { text } = await api.workflow.toCode({ document, form });
    expect(text).not.toContain('position');
    const read = await api.workflow.fromCode({ text, form, before: document });
    expect(read).toMatchObject({ document, problems: [], isComputed: false });
    const start = read.entries.find(({ place }) => place.join() === 'nodes,start');
    expect(text.slice(start?.start, start?.end)).toContain('topic');
  });

  test('that is wrong comes back with its problems by line and column, and no document', async () => {
    const { api } = world.connect();
    const text = 'name: Brief\nnodes:\n  - id: start\n    kind: 7\n  - id: 1x\n    kind: note\n';
    const { document: none, problems } = await api.workflow.fromCode({ text, form: 'yaml' });
    expect(none).toBeNull();
    expect(problems.map(({ line, column, message }) => [line, column, message.slice(0, 6)])).toEqual([
      [4, 5, '“kind”'],
      [5, 5, '“id” m'],
    ]);
  });

  test('that has to run and cannot is refused with the reason', async () => {
    const { api } = world.connect();
    await expect(api.workflow.fromCode({ text: "workflow('a' + 'b')", form: 'ts' })).rejects.toMatchObject({
      code: 'sandbox.unavailable',
    });
  });

  test('touches no file', async () => {
    const { api } = world.connect();
    await api.workflow.fromCode({ text: 'name: A\nnodes: []\n', form: 'yaml' });
    expect(await api.workflow.list()).toEqual([]);
  });
});
