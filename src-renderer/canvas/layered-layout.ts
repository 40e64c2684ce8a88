import { toGrid } from './card-geometry.ts';
import { columnGap, type LayoutBox, type LayoutGraph, type LayoutPositions, rowGap } from './graph-layout.ts';
import { type Component, cornerOf, packInRows, toComponents } from './layout/components.ts';
import { toHeights } from './layout/heights.ts';
import { countCrossings, type Layers, orderByHeight, toLayers } from './layout/layers.ts';
import { reduceCrossings } from './layout/order.ts';
import { toRanks } from './layout/ranks.ts';

/**
 * Columns from left to right by Sugiyama's method, on the grid, nothing overlapping. It starts from how the boxes stand: what was
 * above stays above unless that costs crossings, and an arrangement that cannot be made clearly better is left alone, so that a
 * second layout changes nothing. Parts that no edge connects stand in rows.
 */
export function layoutInLayers({ boxes, edges }: LayoutGraph): LayoutPositions {
  const components = toComponents(boxes, toIndexedEdges(boxes, edges));
  const placed = components.map(arrangeComponent);
  const corners = packInRows(
    placed.map((places, index) => sizeOf(components[index] as Component, places)),
    { width: columnGap, height: rowGap + 24 },
  );
  return Object.fromEntries(
    components.flatMap((component, index) => {
      const places = placed[index] as readonly Place[];
      const corner = cornerOf(places);
      const goal = corners[index] as Place;
      const [dx, dy] = [toGrid(goal.x) - corner.x, toGrid(goal.y) - corner.y];
      return component.boxes.map(({ id }, at) => {
        const place = places[at] as Place;
        return [id, { x: place.x + dx, y: place.y + dy }] as const;
      });
    }),
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Each pair of boxes once, without loops and without ends that are not there. */
function toIndexedEdges(boxes: readonly LayoutBox[], edges: LayoutGraph['edges']): readonly (readonly [number, number])[] {
  const indexes = new Map(boxes.map((box, index) => [box.id, index]));
  const seen = new Set<number>();
  return edges.flatMap(([from, to]) => {
    const [start, end] = [indexes.get(from), indexes.get(to)];
    if (start === undefined || end === undefined || start === end || seen.has(start * boxes.length + end)) return [];
    seen.add(start * boxes.length + end);
    return [[start, end] as const];
  });
}

function sizeOf({ boxes }: Component, places: readonly Place[]) {
  const corner = cornerOf(places);
  let [right, bottom] = [corner.x, corner.y];
  boxes.forEach(({ width, height }, index) => {
    const { x, y } = places[index] as Place;
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  });
  return { width: right - corner.x, height: bottom - corner.y };
}

/** Improved until that does not help clearly any more: what it gives, it would give again. */
function arrangeComponent({ boxes, edges }: Component): readonly Place[] {
  if (boxes.length === 1) return boxes;
  let best: Arrangement = judge(boxes, edges, boxes);
  for (let round = 0; round < mostRounds; round += 1) {
    const next = judge(boxes, edges, arrange(boxes, best));
    if (best.isTidy && !isClearlyBetter(next, best)) break;
    best = next;
  }
  return best.places;
}

/** Each round must take 3 % away, so that there are few; a bound all the same. */
const mostRounds = 12;

/** Boxes as they stand somewhere, and how good that is. */
interface Arrangement {
  readonly places: readonly Place[];
  readonly layers: Layers;
  /** From top to bottom, by where the boxes stand; edges taken as straight lines, as the canvas about draws them. */
  readonly columns: readonly (readonly number[])[];
  readonly crossings: number;
  /** How far edges lead up or down, in sum. */
  readonly climb: number;
  /** True when the columns are columns already and nothing overlaps in them. */
  readonly isTidy: boolean;
}

function judge(boxes: readonly LayoutBox[], edges: Component['edges'], places: readonly Place[]): Arrangement {
  const layers = toLayers(toRanks(boxes.length, edges));
  const middles = boxes.map(({ height }, index) => at(places, index).y + height / 2);
  const columns = orderByHeight(layers, middles);
  return {
    places,
    layers,
    columns,
    crossings: countCrossings(layers, columns),
    climb: edges.reduce((sum, [from, to]) => sum + Math.abs((middles[from] as number) - (middles[to] as number)), 0),
    isTidy: isTidy(boxes, places, layers, columns),
  };
}

function isTidy(boxes: readonly LayoutBox[], places: readonly Place[], layers: Layers, columns: Arrangement['columns']): boolean {
  let right = Number.NEGATIVE_INFINITY;
  return columns.every((column) => {
    const members = column.filter((vertex) => vertex < layers.boxCount);
    const x = at(places, members[0] as number).x;
    const isFarEnough = x >= right + columnGap / 2;
    right = members.reduce((most, index) => Math.max(most, x + (boxes[index] as LayoutBox).width), x);
    let bottom = Number.NEGATIVE_INFINITY;
    return (
      members.every((index) => {
        const isBelow = at(places, index).y >= bottom + rowGap / 2;
        bottom = at(places, index).y + (boxes[index] as LayoutBox).height;
        return at(places, index).x === x && isBelow;
      }) && isFarEnough
    );
  });
}

function isClearlyBetter(next: Arrangement, best: Arrangement): boolean {
  return next.crossings < best.crossings * 0.97 || (next.crossings <= best.crossings && next.climb < best.climb * 0.9);
}

/** One pass of the method from how the boxes stand. */
function arrange(boxes: readonly LayoutBox[], { layers, columns: start }: Arrangement): readonly Place[] {
  const { columns } = reduceCrossings(layers, start);
  const heights = boxes.map((box) => box.height);
  const middles = toHeights(layers, columns, heights, rowGap);
  const places: Place[] = [];
  let x = 0;
  for (const column of columns) {
    let width = 0;
    for (const vertex of column) {
      const box = boxes[vertex];
      if (box === undefined) continue;
      places[vertex] = { x: toGrid(x), y: toGrid((middles[vertex] as number) - box.height / 2) };
      width = Math.max(width, box.width);
    }
    x += width + columnGap;
  }
  return places;
}

function at(places: readonly Place[], index: number): Place {
  return places[index] as Place;
}
