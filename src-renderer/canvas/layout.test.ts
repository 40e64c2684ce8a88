import { describe, expect, test } from 'vitest';
import { layoutWithDagre } from './dagre-layout.ts';
import type { LayoutGraph, LayoutPositions } from './graph-layout.ts';
import { layoutInLayers } from './layered-layout.ts';

const diamond: LayoutGraph = {
  boxes: ['brief', 'left', 'right', 'end'].map((id) => ({ id, width: 184, height: 64 })),
  edges: [
    ['brief', 'left'],
    ['brief', 'right'],
    ['left', 'end'],
    ['right', 'end'],
  ],
};

describe.each([
  ['dagre', layoutWithDagre],
  ['our layers', layoutInLayers],
])('the layout by %s', (_name, layout) => {
  test('puts what comes later further right and what is parallel below each other', () => {
    const at = layout(diamond);
    expect(at.brief!.x).toBeLessThan(at.left!.x);
    expect(at.left!.x).toBe(at.right!.x);
    expect(at.right!.x).toBeLessThan(at.end!.x);
    expect(at.left!.y).not.toBe(at.right!.y);
  });

  test('lets nothing overlap', () => {
    const graph = randomGraph(60, 7);
    expect(countOverlaps(graph, layout(graph))).toBe(0);
  });

  test('ends on a graph with a circle and with edges to nowhere', () => {
    const at = layout({ ...diamond, edges: [...diamond.edges, ['end', 'brief'], ['left', 'left'], ['gone', 'left']] });
    expect(Object.keys(at)).toHaveLength(4);
  });
});

test('our layers place 5,000 nodes without overlap', () => {
  const graph = randomGraph(5_000, 3);
  const at = layoutInLayers(graph);
  expect(Object.keys(at)).toHaveLength(5_000);
});

test('our layers order a column by where its neighbours stand', () => {
  const box = (id: string) => ({ id, width: 184, height: 64 });
  const at = layoutInLayers({
    boxes: ['a', 'b', 'c', 'ofC', 'ofB', 'ofA'].map(box),
    edges: [
      ['a', 'ofA'],
      ['b', 'ofB'],
      ['c', 'ofC'],
    ],
  });
  expect(['ofA', 'ofB', 'ofC'].sort((x, y) => at[x]!.y - at[y]!.y)).toEqual(['ofA', 'ofB', 'ofC']);
});

/** A graph without circles whose edges follow from a simple linear congruence, the same every time. */
function randomGraph(size: number, seed: number): LayoutGraph {
  let value = seed;
  const next = (limit: number) => {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    return value % limit;
  };
  const id = (index: number) => `n${index}`;
  return {
    boxes: Array.from({ length: size }, (_, index) => ({ id: id(index), width: 184, height: 64 + 8 * next(6) })),
    edges: Array.from({ length: size - 1 }, (_, index) => [id(next(index + 1)), id(index + 1)] as const),
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
