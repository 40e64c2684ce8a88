import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toCards } from './card-model.ts';
import { toDetail } from './detail.ts';
import { type CardNode, type Surroundings, toFlowEdge, toFlowNode } from './flow-elements.ts';
import { toLinks } from './flow-links.ts';
import type { RunCard } from './run-card.ts';
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
const plain: Surroundings = {
  run: null,
  problem: null,
  problemText: null,
  isHighlighted: false,
  isPinned: false,
  isReadOnly: false,
  isSelected: false,
};
const cards = toCards(document);
const draw = (surround: (id: string) => Surroundings, previous: readonly CardNode[] = []) =>
  [0, 1, 3].map((index, at) => {
    const card = cards[index]!;
    return toFlowNode(card, document.nodes[index]!.position, surround(card.id), previous[at]);
  });

describe('what the drawing library is given', () => {
  test('has a size and handles from the start', () => {
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
    const run: RunCard = {
      status: 'running',
      startedAtMs: 1,
      dueAtMs: null,
      figures: ['turn 1'],
      snippet: null,
      progress: null,
      undoOrder: null,
      canEnter: false,
      isOutside: false,
    };
    const running = draw((id) => (id === 'a' ? { ...plain, run } : plain), before);
    const same = draw((id) => (id === 'a' ? { ...plain, run: { ...run, figures: ['turn 1'] } } : plain), running);
    expect(running[0]?.height).toBe(92);
    expect(same[0]).toBe(running[0]);
  });

  test('names the way of edges that leave a decision, and leaves out edges to nowhere', () => {
    const links = toLinks(document, cards);
    expect(links.map((link) => [link.source, link.label])).toEqual([
      ['a', null],
      ['ask', 'approved'],
    ]);
    const edges = links.map((link) => toFlowEdge(link, 'idle', false, false, undefined));
    const again = links.map((link, index) => toFlowEdge(link, index === 0 ? 'taken' : 'idle', false, false, edges[index]));
    expect(again.map((edge, index) => edge === edges[index])).toEqual([false, true]);
  });
});

test('cards become blocks, then dots', () => {
  expect([1, 0.5, 0.49, 0.22, 0.21].map(toDetail)).toEqual(['full', 'full', 'block', 'block', 'dot']);
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
