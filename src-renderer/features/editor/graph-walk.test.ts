import { expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { firstNode, walkFrom } from './graph-walk.ts';

const place = (id: string, x: number, y: number) => ({ id, kind: 'note', name: id, position: { x, y }, config: {} });
const edge = (from: string, to: string) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } });
const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  nodes: [place('far', 240, 400), place('brief', 0, 100), place('top', 240, 0), place('low', 240, 120), place('end', 480, 60)],
  edges: [edge('brief', 'top'), edge('brief', 'low'), edge('top', 'end'), edge('low', 'end')],
};

test('left and right walk along edges, to the neighbour at about the same height', () => {
  expect(walkFrom(document, 'brief', 'right')).toBe('low');
  expect(walkFrom(document, 'end', 'left')).toBe('top');
  expect(walkFrom(document, 'end', 'right')).toBe(null);
});

test('up and down go to the closest node above or below, with an edge or without', () => {
  expect(walkFrom(document, 'top', 'down')).toBe('low');
  expect(walkFrom(document, 'low', 'down')).toBe('far');
  expect(walkFrom(document, 'low', 'up')).toBe('top');
});

test('walking begins at the left', () => {
  expect(firstNode(document)).toBe('brief');
  expect(firstNode({ ...document, nodes: [] })).toBe(null);
});
