import { Graph, layout } from '@dagrejs/dagre';
import { toGrid } from './card-geometry.ts';
import { columnGap, type LayoutGraph, type LayoutPositions, rowGap } from './graph-layout.ts';

/** Dagre's layout from left to right, on the grid. For small graphs; see `largestForDagre`. */
export function layoutWithDagre({ boxes, edges }: LayoutGraph): LayoutPositions {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: columnGap, nodesep: rowGap });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = new Set(boxes.map((box) => box.id));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const [from, to] of edges) if (ids.has(from) && ids.has(to) && from !== to) graph.setEdge(from, to);
  layout(graph);
  return Object.fromEntries(
    boxes.map(({ id, width, height }) => {
      const { x = 0, y = 0 } = graph.node(id) as { readonly x?: number; readonly y?: number };
      return [id, { x: toGrid(x - width / 2), y: toGrid(y - height / 2) }];
    }),
  );
}
