import { expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { makeRoom } from './make-room.ts';

const place = (id: string, x: number, y = 0) => ({ id, kind: 'prompt', name: id, position: { x, y }, config: {} });
const edge = (from: string, to: string) => ({ from: { node: from, port: 'text' }, to: { node: to, port: 'in' } });
const document = (targetX: number): WorkflowDocument => ({
  schemaVersion: 1,
  name: 'T',
  nodes: [place('a', 0), place('b', targetX, 80), place('c', targetX + 272, 80), place('apart', 272, 400), place('new', 10, 10)],
  edges: [edge('a', 'b'), edge('b', 'c')],
});

test('what comes after the edge moves right as far as the inserted card needs', () => {
  expect(makeRoom(document(272), 'new', 'a.text->b.in')).toEqual([
    { node: 'b', position: { x: 480, y: 80 } },
    { node: 'c', position: { x: 752, y: 80 } },
    { node: 'new', position: { x: 240, y: 40 } },
  ]);
});

test('nothing else moves where there is room', () => {
  expect(makeRoom(document(800), 'new', 'a.text->b.in')).toEqual([{ node: 'new', position: { x: 400, y: 40 } }]);
});
