import { expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { placeLaidOut, placeRest, toLayoutGraph } from './auto-layout.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  nodes: [
    { id: 'a', kind: 'prompt', name: 'A', position: { x: 400, y: 300 }, config: {} },
    { id: 'b', kind: 'output', name: 'B', position: { x: 200, y: 500 }, config: { name: 'r' } },
    { id: 'n', kind: 'note', name: 'N', position: { x: 0, y: 0 }, config: { text: 'Why' } },
  ],
  edges: [{ from: { node: 'a', port: 'text' }, to: { node: 'b', port: 'value' } }],
};

test('cards are laid out with room for their footers, notes are not laid out', () => {
  expect(toLayoutGraph(document)).toEqual({
    boxes: [
      { id: 'a', width: 184, height: 92, x: 400, y: 300 },
      { id: 'b', width: 184, height: 92, x: 200, y: 500 },
    ],
    edges: [['a', 'b']],
  });
});

test('of a selection, only what is in it is laid out', () => {
  expect(toLayoutGraph(document, new Set(['b', 'n'])).boxes.map(({ id }) => id)).toEqual(['b']);
});

test('the graph begins where it began, with its notes above it', () => {
  const laidOut = placeLaidOut(document, { a: { x: 0, y: 40 }, b: { x: 272, y: 40 } });
  expect(laidOut).toEqual([
    { node: 'a', position: { x: 200, y: 300 } },
    { node: 'b', position: { x: 472, y: 300 } },
  ]);
  expect(placeRest(document, laidOut)).toEqual([{ node: 'n', position: { x: 200, y: 172 } }]);
});
