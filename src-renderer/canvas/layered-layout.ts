import { toGrid } from './card-geometry.ts';
import { columnGap, type LayoutGraph, type LayoutPositions, rowGap } from './graph-layout.ts';

/**
 * Columns from left to right by the longest way to each box, ordered within a column by where their neighbours stand
 * (the barycentre heuristic of Sugiyama's method, a few sweeps), each column centred. Linear in boxes and edges per sweep.
 */
export function layoutInLayers({ boxes, edges }: LayoutGraph): LayoutPositions {
  const indexes = new Map(boxes.map((box, index) => [box.id, index]));
  const successors: number[][] = boxes.map(() => []);
  const predecessors: number[][] = boxes.map(() => []);
  for (const [from, to] of edges) {
    const source = indexes.get(from);
    const target = indexes.get(to);
    if (source === undefined || target === undefined || source === target) continue;
    successors[source]?.push(target);
    predecessors[target]?.push(source);
  }
  const columns = toColumns(successors, predecessors);
  orderColumns(columns, successors, predecessors);

  const positions: Record<string, { x: number; y: number }> = {};
  let x = 0;
  for (const column of columns) {
    const members = column.map((index) => boxes[index] as LayoutGraph['boxes'][number]);
    const height = members.reduce((sum, box) => sum + box.height, 0) + rowGap * (members.length - 1);
    let y = -height / 2;
    for (const box of members) {
      positions[box.id] = { x: toGrid(x), y: toGrid(y) };
      y += box.height + rowGap;
    }
    x += Math.max(...members.map((box) => box.width)) + columnGap;
  }
  return positions;
}

/** Kahn's order gives each box its column; boxes in a circle go behind what leads to them. */
function toColumns(successors: readonly (readonly number[])[], predecessors: readonly (readonly number[])[]): number[][] {
  const waiting = predecessors.map((list) => list.length);
  const depth = waiting.map(() => 0);
  const isPlaced = waiting.map((count) => count === 0);
  const queue = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  let nextUnplaced = 0;
  for (let at = 0; at < successors.length; at += 1) {
    if (at >= queue.length) {
      while (isPlaced[nextUnplaced]) nextUnplaced += 1;
      isPlaced[nextUnplaced] = true;
      queue.push(nextUnplaced);
    }
    const index = queue[at] as number;
    for (const next of successors[index] ?? []) {
      if (isPlaced[next]) continue;
      depth[next] = Math.max(depth[next] as number, (depth[index] as number) + 1);
      const left = (waiting[next] as number) - 1;
      waiting[next] = left;
      if (left === 0) {
        isPlaced[next] = true;
        queue.push(next);
      }
    }
  }
  const columns: number[][] = [];
  depth.forEach((column, index) => {
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(index);
  });
  return columns.filter((column) => column.length > 0);
}

const sweeps = 8;

function orderColumns(columns: number[][], successors: readonly (readonly number[])[], predecessors: readonly (readonly number[])[]): void {
  const place: number[] = [];
  const remember = (column: readonly number[]) => {
    column.forEach((index, row) => {
      place[index] = row - (column.length - 1) / 2;
    });
  };
  columns.forEach(remember);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const isForward = sweep % 2 === 0;
    const neighbours = isForward ? predecessors : successors;
    for (const column of isForward ? columns : columns.toReversed()) {
      const weight = new Map(column.map((index) => [index, toBarycentre(neighbours[index] ?? [], place, place[index] as number)]));
      column.sort((a, b) => (weight.get(a) as number) - (weight.get(b) as number) || a - b);
      remember(column);
    }
  }
}

function toBarycentre(neighbours: readonly number[], place: readonly number[], own: number): number {
  return neighbours.length === 0 ? own : neighbours.reduce((sum, index) => sum + (place[index] as number), 0) / neighbours.length;
}
