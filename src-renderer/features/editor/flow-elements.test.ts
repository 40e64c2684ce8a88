import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toCards } from './card-model.ts';
import { toDetail } from './detail.ts';
import { findCards } from './find-cards.ts';
import { type CardNode, type Surroundings, toFlowEdges, toFlowNodes } from './flow-elements.ts';
import { applySelection } from './use-flow-selection.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  nodes: [
    { id: 'a', kind: 'prompt', name: 'Writer', position: { x: 0, y: 0 }, config: { model: 'x/large' } },
    { id: 'ask', kind: 'approval', name: 'Publish?', position: { x: 272, y: 0 }, config: {} },
    { id: 'a', kind: 'output', name: 'Twin', position: { x: 0, y: 0 }, config: { name: 'r' } },
    { id: 'r', kind: 'output', name: 'Report', position: { x: 544, y: 0 }, config: { name: 'r' } },
  ],
  edges: [
    { from: { node: 'a', port: 'text' }, to: { node: 'ask', port: 'in' } },
    { from: { node: 'ask', port: 'approved' }, to: { node: 'r', port: 'value' } },
    { from: { node: 'gone', port: 'x' }, to: { node: 'r', port: 'value' } },
  ],
};
const plain: Surroundings = { run: null, problem: null, problemText: null, isHighlighted: false, isReadOnly: false, isSelected: false };
const draw = (surround: (id: string) => Surroundings, previous: readonly CardNode[] = []) =>
  toFlowNodes(document.nodes, toCards(document), surround, new Map(previous.map((node) => [node.id, node])));

describe('what the drawing library is given', () => {
  test('has a size and handles from the start, and each id once', () => {
    const nodes = draw(() => plain);
    expect(nodes.map((node) => node.id)).toEqual(['a', 'ask', 'r']);
    expect(nodes[0]).toMatchObject({
      width: 184,
      height: 64,
      handles: [
        { id: 'in', type: 'target', x: -6, y: 26 },
        { id: 'text', type: 'source', x: 178, y: 26 },
      ],
    });
  });

  test('is the same object where nothing changed, and a new one where something did', () => {
    const before = draw(() => plain);
    const after = draw((id) => (id === 'a' ? { ...plain, isSelected: true } : plain), before);
    expect(after.map((node, index) => node === before[index])).toEqual([false, true, true]);
    const run = { status: 'running', startedAtMs: 1, figures: ['turn 1'], snippet: null } as const;
    const running = draw((id) => (id === 'a' ? { ...plain, run } : plain), before);
    const same = draw((id) => (id === 'a' ? { ...plain, run: { ...run, figures: ['turn 1'] } } : plain), running);
    expect(running[0]?.height).toBe(92);
    expect(same[0]).toBe(running[0]);
  });

  test('names the way of edges that leave a decision, and leaves out edges to nowhere', () => {
    const never = () => false;
    const edges = toFlowEdges(document, () => 'idle', never, never, new Map());
    expect(edges.map((edge) => [edge.source, edge.data?.label])).toEqual([
      ['a', null],
      ['ask', 'approved'],
    ]);
    const again = toFlowEdges(
      document,
      (index) => (index === 0 ? 'taken' : 'idle'),
      never,
      never,
      new Map(edges.map((edge) => [edge.id, edge])),
    );
    expect(again.map((edge, index) => edge === edges[index])).toEqual([false, true]);
  });
});

test('cards become blocks, then dots', () => {
  expect([1, 0.5, 0.49, 0.22, 0.21].map(toDetail)).toEqual(['full', 'full', 'block', 'block', 'dot']);
});

test('a node is found by its name before what it does', () => {
  expect(findCards(toCards(document), 'p').map((card) => card.name)).toEqual(['Publish?', 'Report', 'Writer', 'Twin']);
  expect(findCards(toCards(document), 'large').map((card) => card.name)).toEqual(['Writer']);
});

test('a selection follows the wishes about selecting, and only them', () => {
  const selected = ['a'];
  expect(applySelection(selected, [{ type: 'position', id: 'b' }])).toBe(selected);
  expect(applySelection(selected, [{ type: 'select', id: 'a', selected: true }])).toBe(selected);
  expect(
    applySelection(selected, [
      { type: 'select', id: 'a', selected: false },
      { type: 'select', id: 'b', selected: true },
    ]),
  ).toEqual(['b']);
});
