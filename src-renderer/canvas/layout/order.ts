import { type Adjacency, countNeighbours } from './adjacency.ts';
import { countCrossings, type Layers } from './layers.ts';

/** The order within the columns, and how often edges cross in it. */
export interface Order {
  readonly columns: readonly (readonly number[])[];
  readonly crossings: number;
}

/** So many sweeps without fewer crossings, and it is enough. */
const patience = 4;

/**
 * Fewer crossings, starting from an order: sweeps to and fro that put each vertex to the mean place of its neighbours (the barycentre
 * heuristic of Sugiyama, Tagawa and Toda), each followed by exchanges of neighbours (Gansner et al.). Only an order that is better
 * replaces the one before, so that an order without crossings stays.
 */
export function reduceCrossings(layers: Layers, start: readonly (readonly number[])[]): Order {
  let best: Order = { columns: start, crossings: countCrossings(layers, start) };
  const columns = start.map((column) => Int32Array.from(column));
  const place = new Float64Array(layers.count);
  for (const column of columns) remember(column, place);
  const weight = new Float64Array(layers.count);
  // Small graphs can have many sweeps; 100,000 vertices and edges get the fewest.
  const mostSweeps = Math.min(24, Math.max(8, Math.round(600_000 / (layers.count + layers.forward.targets.length + 1))));
  let idle = 0;
  for (let sweep = 0; sweep < mostSweeps && idle < patience && best.crossings > 0; sweep += 1) {
    const isForward = sweep % 2 === 0;
    const neighbours = isForward ? layers.backward : layers.forward;
    for (let step = 1; step < columns.length; step += 1)
      sortByNeighbours(columns[isForward ? step : columns.length - 1 - step] as Int32Array, neighbours, place, weight);
    exchangeNeighbours(layers, columns, place);
    const crossings = countCrossings(layers, columns as unknown as readonly (readonly number[])[]);
    idle += 1;
    if (crossings >= best.crossings) continue;
    if (crossings < best.crossings * 0.995) idle = 0;
    best = { columns: columns.map((column) => [...column]), crossings };
  }
  return best;
}

/** Sorts a column by the mean place of the neighbours on one side. What has none stays at its place; equals keep their order. */
function sortByNeighbours(column: Int32Array, { starts, targets }: Adjacency, place: Float64Array, weight: Float64Array): void {
  for (const vertex of column) {
    const [start, end] = [starts[vertex] as number, starts[vertex + 1] as number];
    let sum = 0;
    for (let at = start; at < end; at += 1) sum += place[targets[at] as number] as number;
    weight[vertex] = start === end ? (place[vertex] as number) : sum / (end - start);
  }
  column.sort((a, b) => (weight[a] as number) - (weight[b] as number));
  remember(column, place);
}

/** Places count from the middle of a column, so that columns of different lengths lie side by side. */
function remember(column: Int32Array, place: Float64Array): void {
  const middle = (column.length - 1) / 2;
  for (let at = 0; at < column.length; at += 1) place[column[at] as number] = at - middle;
}

/** Exchanges vertices that stand one above the other wherever that takes crossings away, until none does. */
function exchangeNeighbours({ forward, backward }: Layers, columns: readonly Int32Array[], place: Float64Array): void {
  for (let round = 0; round < 6; round += 1) {
    let gained = 0;
    for (const column of columns) {
      for (let at = 0; at + 1 < column.length; at += 1) {
        const [upper, lower] = [column[at] as number, column[at + 1] as number];
        const gain = gainOf(forward, upper, lower, place) + gainOf(backward, upper, lower, place);
        if (gain <= 0) continue;
        gained += gain;
        column[at] = lower;
        column[at + 1] = upper;
        const above = place[upper] as number;
        place[upper] = place[lower] as number;
        place[lower] = above;
      }
    }
    if (gained === 0) return;
  }
}

/** How many crossings on one side go away when two vertices change places. */
function gainOf(side: Adjacency, upper: number, lower: number, place: Float64Array): number {
  if (countNeighbours(side, upper) === 0 || countNeighbours(side, lower) === 0) return 0;
  const { starts, targets } = side;
  let gain = 0;
  for (let a = starts[upper] as number; a < (starts[upper + 1] as number); a += 1) {
    const ofUpper = place[targets[a] as number] as number;
    for (let b = starts[lower] as number; b < (starts[lower + 1] as number); b += 1) {
      gain += Math.sign(ofUpper - (place[targets[b] as number] as number));
    }
  }
  return gain;
}
