import { describe, expect, test } from 'vitest';
import { nodeKinds } from '#shared/nodes/registry.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toFreeId } from '#shared/workflow/free-names.ts';
import { makeNode, toClearPlace, toFreePlace } from './new-node.ts';

const empty: WorkflowDocument = { schemaVersion: 1, name: 'T', nodes: [], edges: [] };

describe('a new node', () => {
  test('stands on the grid, with the user’s model and a name of its own', () => {
    const first = makeNode(empty, nodeKinds.agent, { x: 3, y: 13 }, 'scripted/demo');
    expect(first).toMatchObject({
      id: 'agent',
      name: 'Agent',
      position: { x: 0, y: 16 },
      config: { model: 'scripted/demo', maxTurns: 12 },
    });
    const second = makeNode({ ...empty, nodes: [first] }, nodeKinds.agent, { x: 0, y: 0 }, '');
    expect([second.id, second.name]).toEqual(['agent2', 'Agent 2']);
  });

  test('gives an output a name that no other output has', () => {
    const first = makeNode(empty, nodeKinds.output, { x: 0, y: 0 }, '');
    expect(makeNode({ ...empty, nodes: [first] }, nodeKinds.output, { x: 0, y: 0 }, '').config).toEqual({ name: 'result2' });
  });

  test('never takes a word that expressions keep for themselves', () => {
    expect(toFreeId(new Set(), 'in')).toBe('in2');
    expect(toFreeId(new Set(['writer', 'writer2']), 'writer')).toBe('writer3');
  });

  test('does not hide behind another one', () => {
    const node = makeNode(empty, nodeKinds.code, { x: 40, y: 40 }, '');
    expect(toFreePlace({ ...empty, nodes: [node] }, { x: 41, y: 39 })).toEqual({ x: 72, y: 72 });
  });

  test('keeps clear of every card when nobody said where it goes', () => {
    const size = { width: 184, height: 64 };
    let document = empty;
    for (let index = 0; index < 30; index += 1) {
      const place = toClearPlace(document, { x: 0, y: 0 }, size);
      for (const { position } of document.nodes)
        expect(Math.abs(position.x - place.x) >= 184 || Math.abs(position.y - place.y) >= 64, `${index} overlaps`).toBe(true);
      document = { ...document, nodes: [...document.nodes, makeNode(document, nodeKinds.code, place, '')] };
    }
    expect(document.nodes[0]?.position).toEqual({ x: 0, y: 0 });
  });
});
