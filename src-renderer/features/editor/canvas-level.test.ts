import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { type CanvasLevel, mostMounted, pickMounted, toLevel } from './canvas-level.ts';
import { toCards } from './card-model.ts';
import type { Surroundings } from './flow-elements.ts';
import { toLinks } from './flow-links.ts';
import { toSceneCards, toSceneFrames, toSceneLines } from './to-scene.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  groups: [
    { id: 'g', title: 'Both', nodes: ['a', 'b'] },
    { id: 'empty', title: 'None', nodes: ['gone'] },
  ],
  nodes: [0, 1, 2, 3].map((index) => ({
    id: ['a', 'b', 'c', 'd'][index] as string,
    kind: 'transform',
    name: '',
    position: { x: index * 1_000, y: 0 },
    config: { expression: '1' },
  })),
  edges: [
    { from: { node: 'a', port: 'value' }, to: { node: 'c', port: 'in' } },
    { from: { node: 'c', port: 'value' }, to: { node: 'd', port: 'in' } },
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
const links = toLinks(document, cards);
const nothing = new Map<string, never>();
const sceneCards = toSceneCards(document, cards, () => plain, nothing, []);
const lines = toSceneLines(links, sceneCards, () => 'idle', []);
const none = new Set<string>();

describe('the level', () => {
  const at = (zoom: number, before: CanvasLevel = { type: 'far' }, x = 0) => toLevel(before, mostMounted + 1, [x, 0, zoom], 1_000, 800);

  test('is the whole graph while that is small, at every zoom', () => {
    expect(toLevel({ type: 'far' }, mostMounted, [0, 0, 0.05], 1_000, 800)).toEqual({ type: 'whole' });
  });

  test('of a large graph is near where a card can be read, and far below', () => {
    expect([1, 0.5, 0.49, 0.05].map((zoom) => at(zoom).type)).toEqual(['near', 'near', 'far', 'far']);
  });

  test('stays the same object until the view leaves what is mounted', () => {
    const near = at(1);
    expect(at(1, near, -200)).toBe(near);
    expect(at(1, near, -300)).not.toBe(near);
  });
});

describe('what is mounted', () => {
  test('is what touches the window, and both ends of every edge that does', () => {
    const window = { x: 900, y: -100, width: 400, height: 300 };
    expect(pickMounted({ type: 'near', window }, sceneCards, lines, links, none)).toEqual({ cards: [0, 1, 2], links: [0] });
  });

  test('from afar is what the pointer points at, and nothing else', () => {
    expect(pickMounted({ type: 'far' }, sceneCards, lines, links, none)).toEqual({ cards: [], links: [] });
    expect(pickMounted({ type: 'far' }, sceneCards, lines, links, new Set(['b']))).toEqual({ cards: [1], links: [] });
    expect(pickMounted({ type: 'far' }, sceneCards, lines, links, new Set([links[1]!.id]))).toEqual({ cards: [2, 3], links: [1] });
  });
});

describe('the scene', () => {
  test('is the same object where nothing changed, and a new one where something did', () => {
    expect(toSceneCards(document, cards, () => plain, nothing, sceneCards)).toBe(sceneCards);
    const moved = toSceneCards(document, cards, () => plain, new Map([['c', { x: 0, y: 500 }]]), sceneCards);
    expect(moved.map((card, index) => card === sceneCards[index])).toEqual([true, true, false, true]);
    const drawn = toSceneLines(links, moved, () => 'idle', lines);
    expect(drawn.map((line, index) => line === lines[index])).toEqual([false, false]);
    expect(toSceneLines(links, sceneCards, (link) => (link.edge === 1 ? 'taken' : 'idle'), lines)[0]).toBe(lines[0]);
  });

  test('frames each group around its nodes, and leaves empty ones out', () => {
    const frames = toSceneFrames(document, sceneCards, []);
    expect(frames).toEqual([{ id: 'g', title: 'Both', colour: 'control', x: -24, y: -24, width: 1_232, height: 112 }]);
    expect(toSceneFrames(document, sceneCards, frames)).toBe(frames);
  });
});
