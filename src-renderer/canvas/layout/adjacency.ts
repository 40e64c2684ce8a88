/** The neighbours of every vertex in one packed list: those of `v` are `targets[starts[v]]` up to `targets[starts[v + 1]]`. */
export interface Adjacency {
  readonly starts: Int32Array;
  readonly targets: Int32Array;
}

/** Which vertices each of `count` leads to, by the ends of the edges; turned around, which lead to it. */
export function toAdjacency(count: number, from: ArrayLike<number>, to: ArrayLike<number>): Adjacency {
  const starts = new Int32Array(count + 1);
  for (let edge = 0; edge < from.length; edge += 1) starts[(from[edge] as number) + 1] = (starts[(from[edge] as number) + 1] as number) + 1;
  for (let vertex = 0; vertex < count; vertex += 1) starts[vertex + 1] = (starts[vertex + 1] as number) + (starts[vertex] as number);
  const next = starts.slice();
  const targets = new Int32Array(from.length);
  for (let edge = 0; edge < from.length; edge += 1) {
    const vertex = from[edge] as number;
    targets[next[vertex] as number] = to[edge] as number;
    next[vertex] = (next[vertex] as number) + 1;
  }
  return { starts, targets };
}

/** Calls `visit` with each neighbour of a vertex. */
export function forEachNeighbour({ starts, targets }: Adjacency, vertex: number, visit: (neighbour: number) => void): void {
  const end = starts[vertex + 1] as number;
  for (let at = starts[vertex] as number; at < end; at += 1) visit(targets[at] as number);
}

/** How many neighbours a vertex has. */
export function countNeighbours({ starts }: Adjacency, vertex: number): number {
  return (starts[vertex + 1] as number) - (starts[vertex] as number);
}
