import { type Adjacency, toAdjacency } from './adjacency.ts';
import type { Ranks } from './ranks.ts';

/**
 * A graph in columns whose edges all lead to the next column: where one would skip columns, it passes through a bend in each.
 * Vertices from `boxCount` on are bends.
 */
export interface Layers {
  readonly boxCount: number;
  readonly count: number;
  readonly ranks: Int32Array;
  readonly layerCount: number;
  readonly forward: Adjacency;
  readonly backward: Adjacency;
  /** Where an edge that skips columns begins and ends, for each of its bends. */
  readonly bendEnds: { readonly from: Int32Array; readonly to: Int32Array };
}

/** An edge through more columns than this is not kept clear of the boxes between: a thousand long edges would push everything apart. */
const longestWithBends = 64;

/** The graph with a bend wherever an edge passes a column. The first column in use is 0. */
export function toLayers({ from, to, ranks }: Ranks): Layers {
  const boxCount = ranks.length;
  const first = ranks.reduce((least, rank) => Math.min(least, rank), Number.POSITIVE_INFINITY);
  const all = Array.from(ranks, (rank) => rank - first);
  const [starts, ends]: [number[], number[]] = [[], []];
  const bendEnds: { from: number[]; to: number[] } = { from: [], to: [] };
  for (let edge = 0; edge < from.length; edge += 1) {
    const [start, end] = [from[edge] as number, to[edge] as number];
    const lastRank = all[end] as number;
    let rank = (all[start] as number) + 1;
    if (lastRank - rank > longestWithBends) continue;
    let before = start;
    for (; rank < lastRank; rank += 1) {
      const bend = all.length;
      all.push(rank);
      bendEnds.from.push(start);
      bendEnds.to.push(end);
      starts.push(before);
      ends.push(bend);
      before = bend;
    }
    starts.push(before);
    ends.push(end);
  }
  return {
    boxCount,
    count: all.length,
    ranks: Int32Array.from(all),
    layerCount: all.reduce((most, rank) => Math.max(most, rank + 1), 0),
    forward: toAdjacency(all.length, starts, ends),
    backward: toAdjacency(all.length, ends, starts),
    bendEnds: { from: Int32Array.from(bendEnds.from), to: Int32Array.from(bendEnds.to) },
  };
}

/** The vertices of each column from top to bottom by their height now; a bend stands where the straight line of its edge would pass. */
export function orderByHeight(layers: Layers, heights: ArrayLike<number>): number[][] {
  const { boxCount, ranks, bendEnds } = layers;
  const height = new Float64Array(layers.count);
  const columns: number[][] = Array.from({ length: layers.layerCount }, () => []);
  for (let vertex = 0; vertex < layers.count; vertex += 1) {
    if (vertex < boxCount) height[vertex] = heights[vertex] as number;
    else {
      const from = bendEnds.from[vertex - boxCount] as number;
      const to = bendEnds.to[vertex - boxCount] as number;
      const way = ((ranks[vertex] as number) - (ranks[from] as number)) / ((ranks[to] as number) - (ranks[from] as number));
      height[vertex] = (heights[from] as number) * (1 - way) + (heights[to] as number) * way;
    }
    columns[ranks[vertex] as number]?.push(vertex);
  }
  for (const column of columns) column.sort((a, b) => (height[a] as number) - (height[b] as number) || a - b);
  return columns;
}

/** How often edges cross between the columns in this order: inversions, counted with a tree of sums. */
export function countCrossings({ forward, count }: Layers, columns: readonly (readonly number[])[]): number {
  const place = new Int32Array(count);
  const widest = columns.reduce((most, column) => Math.max(most, column.length), 0);
  const sums = new Int32Array(widest + 1);
  let crossings = 0;
  for (let layer = 0; layer + 1 < columns.length; layer += 1) {
    const next = columns[layer + 1] as readonly number[];
    next.forEach((vertex, at) => {
      place[vertex] = at;
    });
    sums.fill(0, 0, next.length + 1);
    let seen = 0;
    for (const vertex of columns[layer] as readonly number[]) {
      const [start, end] = [forward.starts[vertex] as number, forward.starts[vertex + 1] as number];
      // First count all edges of the vertex against those above, then add them: edges of one vertex do not cross.
      for (let at = start; at < end; at += 1) {
        let below = 0;
        for (let node = (place[forward.targets[at] as number] as number) + 1; node > 0; node -= node & -node) below += sums[node] as number;
        crossings += seen - below;
      }
      for (let at = start; at < end; at += 1) {
        for (let node = (place[forward.targets[at] as number] as number) + 1; node <= next.length; node += node & -node)
          sums[node] = (sums[node] as number) + 1;
      }
      seen += end - start;
    }
  }
  return crossings;
}
