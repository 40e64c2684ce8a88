import { type Adjacency, countNeighbours, forEachNeighbour, toAdjacency } from './adjacency.ts';

/** Edges that all lead from a lower column to a higher one, and the column of each vertex. */
export interface Ranks {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly ranks: Int32Array;
}

/**
 * Columns by the longest way to each vertex, then drawn together so that edges are short. Edges that close a circle are turned around:
 * those that a walk from the first vertices on finds. How the vertices stand plays no part, so that a second layout has the same columns.
 */
export function toRanks(count: number, edges: readonly (readonly [from: number, to: number])[]): Ranks {
  const from = Int32Array.from(edges, ([start]) => start);
  const to = Int32Array.from(edges, ([, end]) => end);
  const finished = toFinishing(count, toAdjacency(count, from, to), startOrder(count, to));
  // In a depth-first walk an edge closes a circle exactly when its end is finished after its start.
  for (let edge = 0; edge < from.length; edge += 1) {
    const [start, end] = [from[edge] as number, to[edge] as number];
    if ((finished[end] as number) > (finished[start] as number)) {
      from[edge] = end;
      to[edge] = start;
    }
  }
  const successors = toAdjacency(count, from, to);
  const predecessors = toAdjacency(count, to, from);
  const topological = Array.from({ length: count }, (_, vertex) => vertex).sort(
    (a, b) => (finished[b] as number) - (finished[a] as number),
  );
  const ranks = new Int32Array(count);
  for (const vertex of topological) {
    forEachNeighbour(successors, vertex, (next) => {
      ranks[next] = Math.max(ranks[next] as number, (ranks[vertex] as number) + 1);
    });
  }
  tighten(ranks, topological, successors, predecessors);
  return { from, to, ranks };
}

/** Beginnings first: what nothing leads to, then the rest. */
function startOrder(count: number, to: Int32Array): readonly number[] {
  const isEnd = new Uint8Array(count);
  for (const vertex of to) isEnd[vertex] = 1;
  return Array.from(isEnd.keys()).sort((a, b) => (isEnd[a] as number) - (isEnd[b] as number));
}

/** When a depth-first walk is done with each vertex. Without recursion: chains are long. */
function toFinishing(count: number, { starts, targets }: Adjacency, order: readonly number[]): Int32Array {
  const finished = new Int32Array(count);
  const isSeen = new Uint8Array(count);
  const next = starts.slice();
  let clock = 0;
  for (const root of order) {
    if (isSeen[root] === 1) continue;
    const stack = [root];
    isSeen[root] = 1;
    while (stack.length > 0) {
      const vertex = stack[stack.length - 1] as number;
      const at = next[vertex] as number;
      if (at === starts[vertex + 1]) {
        stack.pop();
        clock += 1;
        finished[vertex] = clock;
        continue;
      }
      next[vertex] = (next[vertex] as number) + 1;
      const target = targets[at] as number;
      if (isSeen[target] === 1) continue;
      isSeen[target] = 1;
      stack.push(target);
    }
  }
  return finished;
}

/**
 * Moves each vertex between its neighbours to where its edges are shortest in sum: towards the side with more of them. Ends when
 * nothing moves, which is at the optimum of network simplex or close to it.
 */
function tighten(ranks: Int32Array, topological: readonly number[], successors: Adjacency, predecessors: Adjacency): void {
  for (let round = 0; round < 16; round += 1) {
    let hasMoved = false;
    for (const vertex of round % 2 === 0 ? topological.toReversed() : topological) {
      const pull = countNeighbours(successors, vertex) - countNeighbours(predecessors, vertex);
      if (pull === 0) continue;
      let limit = pull > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      if (pull > 0)
        forEachNeighbour(successors, vertex, (next) => {
          limit = Math.min(limit, (ranks[next] as number) - 1);
        });
      else
        forEachNeighbour(predecessors, vertex, (before) => {
          limit = Math.max(limit, (ranks[before] as number) + 1);
        });
      if (limit === ranks[vertex]) continue;
      ranks[vertex] = limit;
      hasMoved = true;
    }
    if (!hasMoved) return;
  }
}
