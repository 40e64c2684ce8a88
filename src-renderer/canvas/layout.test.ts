import { describe, expect, test } from 'vitest';
import type { LayoutBox, LayoutGraph, LayoutPositions } from './graph-layout.ts';
import { layoutInLayers } from './layered-layout.ts';

const box = (id: string, x = 0, y = 0): LayoutBox => ({ id, width: 184, height: 64, x, y });
const diamond: LayoutGraph = {
  boxes: ['brief', 'left', 'right', 'end'].map((id) => box(id)),
  edges: [
    ['brief', 'left'],
    ['brief', 'right'],
    ['left', 'end'],
    ['right', 'end'],
  ],
};

test('what comes later stands further right, what is parallel below each other', () => {
  const at = layoutInLayers(diamond);
  expect(at.brief!.x).toBeLessThan(at.left!.x);
  expect(at.left!.x).toBe(at.right!.x);
  expect(at.right!.x).toBeLessThan(at.end!.x);
  expect(at.left!.y).not.toBe(at.right!.y);
});

test('a graph with a circle and with edges to nowhere is laid out', () => {
  const at = layoutInLayers({ ...diamond, edges: [...diamond.edges, ['end', 'brief'], ['left', 'left'], ['gone', 'left']] });
  expect(Object.keys(at).sort()).toEqual(['brief', 'end', 'left', 'right']);
  expect(at.brief!.x).toBeLessThan(at.left!.x);
});

test('a chain is a straight line', () => {
  const boxes = Array.from({ length: 30 }, (_, index) => ({ ...box(`n${index}`, 0, (index * 37) % 90), height: 64 + 8 * (index % 4) }));
  const at = layoutInLayers({ boxes, edges: boxes.slice(1).map(({ id }, index) => [`n${index}`, id] as const) });
  const middles = boxes.map(({ id, height }) => at[id]!.y + height / 2);
  expect(Math.max(...middles) - Math.min(...middles)).toBeLessThanOrEqual(4);
});

test('an edge that skips a column goes around the card between', () => {
  const at = layoutInLayers({
    boxes: ['a', 'b', 'c'].map((id) => box(id)),
    edges: [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ],
  });
  const line = (at.a!.y + at.c!.y) / 2;
  expect(Math.abs(line - at.b!.y)).toBeGreaterThan(32);
});

describe('the mental map', () => {
  const graph = (ys: Readonly<Record<string, number>>): LayoutGraph => ({
    boxes: ['start', 'a', 'b', 'c'].map((id) => box(id, id === 'start' ? 0 : 300, ys[id] ?? 0)),
    edges: ['a', 'b', 'c'].map((id) => ['start', id] as const),
  });

  test('what stood above stays above where that costs no crossing', () => {
    const at = layoutInLayers(graph({ c: 0, a: 50, b: 100 }));
    expect(['a', 'b', 'c'].sort((x, y) => at[x]!.y - at[y]!.y)).toEqual(['c', 'a', 'b']);
  });

  test('an order that crosses is changed', () => {
    const at = layoutInLayers({
      boxes: [box('a', 0, 0), box('b', 0, 100), box('ofB', 300, 0), box('ofA', 300, 100), box('end', 600, 0)],
      edges: [
        ['a', 'ofA'],
        ['b', 'ofB'],
        ['ofA', 'end'],
        ['ofB', 'end'],
      ],
    });
    expect(Math.sign(at.a!.y - at.b!.y)).toBe(Math.sign(at.ofA!.y - at.ofB!.y));
  });
});

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('a random graph (%i)', (seed) => {
  const graph = randomGraph(20 * seed, seed);
  const at = layoutInLayers(graph);

  test('has no box over another', () => expect(countOverlaps(graph, at)).toBe(0));

  test('lies on the grid', () => {
    for (const { x, y } of Object.values(at)) expect([x % 8, y % 8].map(Math.abs)).toEqual([0, 0]);
  });

  test('stays as it is when it is laid out again, wherever it stands', () => {
    const boxes = graph.boxes.map((moved) => ({ ...moved, x: at[moved.id]!.x + 4_000, y: at[moved.id]!.y - 800 }));
    expect(layoutInLayers({ ...graph, boxes })).toEqual(at);
  });
});

test('loose cards stand in rows', () => {
  const boxes = Array.from({ length: 30 }, (_, index) => box(`n${index}`));
  const at = layoutInLayers({ boxes, edges: [] });
  expect(countOverlaps({ boxes, edges: [] }, at)).toBe(0);
  expect(new Set(Object.values(at).map(({ y }) => y)).size).toBeLessThan(15);
});

/** Some edges between columns of a graph, some in several parts; by a simple linear congruence, the same every time. */
function randomGraph(size: number, seed: number): LayoutGraph {
  let value = seed;
  const next = (limit: number) => {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((value / 2_147_483_648) * limit);
  };
  const id = (index: number) => `n${index}`;
  return {
    boxes: Array.from({ length: size }, (_, index) => ({
      id: id(index),
      width: 184,
      height: 64 + 8 * next(6),
      x: next(4_000),
      y: next(2_000),
    })),
    edges: Array.from({ length: Math.round(size * 1.4) }, () => {
      const to = 1 + next(size - 1);
      return [id(Math.max(0, to - 1 - next(12))), id(to)] as const;
    }),
  };
}

function countOverlaps({ boxes }: LayoutGraph, at: LayoutPositions): number {
  let count = 0;
  boxes.forEach((a, index) => {
    for (const b of boxes.slice(index + 1)) {
      const [p, q] = [at[a.id]!, at[b.id]!];
      if (p.x < q.x + b.width && q.x < p.x + a.width && p.y < q.y + b.height && q.y < p.y + a.height) count += 1;
    }
  });
  return count;
}
