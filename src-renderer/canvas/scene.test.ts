import { expect, test } from 'vitest';
import { boundsOf, cardAt, lineAt, lineTouches, type Scene, type SceneCard, type SceneLine } from './scene.ts';

const card = (id: string, x: number, y: number, shape: SceneCard['shape'] = 'card'): SceneCard => ({
  id,
  x,
  y,
  width: 100,
  height: 50,
  name: id,
  kind: 'agent',
  tone: null,
  mark: null,
  shape,
  isSelected: false,
  isHighlighted: false,
  isFaint: false,
});
const line = (id: string, from: readonly [number, number], to: readonly [number, number], look: SceneLine['look'] = 'idle'): SceneLine => ({
  id,
  fromX: from[0],
  fromY: from[1],
  toX: to[0],
  toY: to[1],
  look,
});
const scene = (cards: readonly SceneCard[], lines: readonly SceneLine[] = []): Scene => ({ frames: [], cards, lines });

test('the card at a point is the one that is drawn last, and a note only where no card is', () => {
  const drawn = scene([card('a', 0, 0), card('b', 50, 0), card('n', 0, 0, 'note')]);
  expect([10, 60, 120, 160].map((x) => cardAt(drawn, x, 10)?.id ?? null)).toEqual(['a', 'b', 'b', null]);
  expect(cardAt(scene([card('n', 0, 0, 'note')]), 10, 10)?.id).toBe('n');
  expect(cardAt(drawn, 152, 10, 4)?.id).toBe('b');
});

test('the edge at a point is the nearest within reach; what undoes cannot be picked', () => {
  const lines = [line('near', [0, 0], [200, 0]), line('far', [0, 20], [200, 20]), line('undo', [0, 8], [200, 8], 'undo')];
  expect(lineAt(scene([], lines), 100, 7, 10)?.id).toBe('near');
  expect(lineAt(scene([], lines), 100, 12, 9)?.id).toBe('far');
  expect(lineAt(scene([], lines), 100, 60, 10)).toBeNull();
});

test('an edge that leads back swings out beyond its ends', () => {
  const rect = { x: 460, y: -10, width: 20, height: 20 };
  expect(lineTouches(line('back', [400, 0], [0, 0]), rect)).toBe(true);
  expect(lineTouches(line('on', [0, 0], [400, 0]), rect)).toBe(false);
});

test('bounds hold everything, and are nothing when there is nothing', () => {
  expect(boundsOf([card('a', -20, 5), card('b', 300, -40)])).toEqual({ x: -20, y: -40, width: 420, height: 95 });
  expect(boundsOf([])).toBeNull();
});
