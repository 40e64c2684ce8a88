import { expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { cardWidth } from '../../canvas/card-geometry.ts';
import { toAligned, toDistributed } from './arrange-selection.ts';

const node = (id: string, x: number, y: number, kind = 'prompt') => ({
  id,
  kind,
  name: id,
  position: { x, y },
  config: kind === 'note' ? { text: '' } : {},
});
const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Rows',
  nodes: [
    node('a', 0, 0),
    node('b', 300, 40),
    { ...node('c', 1000, 16), locked: true },
    node('note', 100, 300, 'note'),
    node('far', 5000, 5000),
  ],
  edges: [],
};
const all = new Set(['a', 'b', 'c', 'note']);

test('nodes are lined up at the edges and middles of all of them, whatever their sizes; locked ones stay', () => {
  const right = 1000 + cardWidth;
  expect(toAligned(document, all, 'left').map(({ node: id, position }) => [id, position.x])).toEqual([
    ['b', 0],
    ['note', 0],
  ]);
  expect(toAligned(document, all, 'right').map(({ node: id, position }) => [id, position.x])).toEqual([
    ['a', right - cardWidth],
    ['b', right - cardWidth],
    ['note', right - 224],
  ]);
  expect(toAligned(document, all, 'centre').map(({ position }) => position.x)).toEqual([500, 500, 480]);
  expect(toAligned(document, all, 'top').map(({ node: id, position }) => [id, position.y])).toEqual([
    ['b', 0],
    ['note', 0],
  ]);
  expect(toAligned(document, new Set(['a', 'b']), 'middle').map(({ position }) => position.y)).toEqual([20, 20]);
  expect(toAligned(document, new Set(['a']), 'bottom')).toEqual([]);
});

test('nodes are spread with the same room between each and the next, the outermost staying', () => {
  const spread = toDistributed(document, new Set(['a', 'b', 'far']), 'horizontally');
  const middle = (5000 - cardWidth) / 2 + cardWidth / 2;
  expect(spread).toEqual([{ node: 'b', position: { x: Math.round(middle), y: 40 } }]);
  expect(toDistributed(document, new Set(['a', 'b']), 'vertically')).toEqual([]);
});
