import type { Layers } from './layers.ts';

/** What a bend takes up in a column, so that edges pass between boxes; around one, boxes are as far apart as without it. */
const bendHeight = 8;
const bendGap = 16;
const sweeps = 12;

/**
 * How high the middle of each vertex stands: as close to the mean of its neighbours as the order of its column and the heights of
 * the boxes allow. Bends hold hardest to the line of their edge, which is drawn without them. Each column is solved exactly,
 * by pooling adjacent violators, given the columns beside it; sweeps to and fro settle them all.
 */
export function toHeights(layers: Layers, columns: readonly (readonly number[])[], sizes: ArrayLike<number>, gap: number): Float64Array {
  const { boxCount, forward, backward } = layers;
  const isBend = (vertex: number) => vertex >= boxCount;
  const sizeOf = (vertex: number) => (isBend(vertex) ? bendHeight : (sizes[vertex] as number));
  const y = new Float64Array(layers.count);
  /** How far below the first vertex of its column each vertex is at least. */
  const offset = new Float64Array(layers.count);
  for (const column of columns) {
    let at = 0;
    column.forEach((vertex, index) => {
      const above = column[index - 1];
      if (above !== undefined) at += (sizeOf(above) + sizeOf(vertex)) / 2 + (isBend(above) || isBend(vertex) ? bendGap : gap);
      offset[vertex] = at;
    });
    for (const vertex of column) y[vertex] = (offset[vertex] as number) - at / 2;
  }

  const wish = new Float64Array(layers.count);
  const weight = new Float64Array(layers.count);
  const pull = (vertex: number, sides: readonly (typeof forward)[]) => {
    let [sum, total] = [0, 0];
    for (const { starts, targets } of sides) {
      for (let at = starts[vertex] as number; at < (starts[vertex + 1] as number); at += 1) {
        const other = targets[at] as number;
        const strength = isBend(vertex) ? 8 : isBend(other) ? 2 : 1;
        sum += strength * (y[other] as number);
        total += strength;
      }
    }
    wish[vertex] = total === 0 ? (y[vertex] as number) : sum / total;
    weight[vertex] = total === 0 ? 0.01 : total;
  };
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const isForward = sweep % 2 === 0;
    // The last sweeps look both ways, so that a box ends up between what leads to it and what follows.
    const sides = sweep >= sweeps - 4 ? [backward, forward] : [isForward ? backward : forward];
    for (const column of isForward ? columns : columns.toReversed()) {
      for (const vertex of column) pull(vertex, sides);
      placeColumn(column, wish, weight, offset, y);
    }
  }
  return y;
}

/** The places closest to the wishes (in weighted squares) that keep the column's order and distances. */
function placeColumn(column: readonly number[], wish: Float64Array, weight: Float64Array, offset: Float64Array, y: Float64Array): void {
  // Without the offsets the places must only not fall; blocks whose means would fall are joined.
  const means: number[] = [];
  const weights: number[] = [];
  const sizes: number[] = [];
  for (const vertex of column) {
    let mean = (wish[vertex] as number) - (offset[vertex] as number);
    let total = weight[vertex] as number;
    let size = 1;
    while (means.length > 0 && (means[means.length - 1] as number) >= mean) {
      const other = weights.pop() as number;
      mean = (mean * total + (means.pop() as number) * other) / (total + other);
      total += other;
      size += sizes.pop() as number;
    }
    means.push(mean);
    weights.push(total);
    sizes.push(size);
  }
  let at = 0;
  means.forEach((mean, block) => {
    for (let left = sizes[block] as number; left > 0; left -= 1) {
      const vertex = column[at] as number;
      y[vertex] = mean + (offset[vertex] as number);
      at += 1;
    }
  });
}
