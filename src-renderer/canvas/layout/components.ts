import type { Size } from '../card-geometry.ts';
import type { LayoutBox } from '../graph-layout.ts';

/** Boxes that edges connect, by their places in the graph's list. */
export interface Component {
  readonly boxes: readonly LayoutBox[];
  /** Between places in `boxes`. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** The parts of a graph that no edge connects, from top to bottom and left to right as they stand. */
export function toComponents(boxes: readonly LayoutBox[], edges: readonly (readonly [from: number, to: number])[]): readonly Component[] {
  const parent = boxes.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] = parent[parent[root] as number] as number;
    return root;
  };
  for (const [from, to] of edges) parent[find(from)] = find(to);
  const groups = new Map<number, { boxes: LayoutBox[]; edges: (readonly [number, number])[] }>();
  const places = boxes.map((box, index) => {
    const root = find(index);
    const group = groups.get(root) ?? { boxes: [], edges: [] };
    groups.set(root, group);
    return group.boxes.push(box) - 1;
  });
  for (const [from, to] of edges) groups.get(find(from))?.edges.push([places[from] as number, places[to] as number]);
  return [...groups.values()]
    .map((group) => ({ group, ...cornerOf(group.boxes) }))
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map(({ group }) => group);
}

/** The top left corner of what these boxes take up. */
export function cornerOf(places: readonly { readonly x: number; readonly y: number }[]): { readonly x: number; readonly y: number } {
  let [x, y] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const place of places) {
    x = Math.min(x, place.x);
    y = Math.min(y, place.y);
  }
  return { x, y };
}

/** Where areas go that stand in rows, in their order, on a ground about half as wide again as high. */
export function packInRows(sizes: readonly Size[], gap: Size): readonly { readonly x: number; readonly y: number }[] {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + gap.width) * (height + gap.height), 0);
  const widest = sizes.reduce((most, { width }) => Math.max(most, width), 0);
  const limit = Math.max(widest, Math.sqrt(area * 1.5));
  let [x, y, rowHeight] = [0, 0, 0];
  return sizes.map(({ width, height }) => {
    if (x > 0 && x + width > limit) {
      x = 0;
      y += rowHeight + gap.height;
      rowHeight = 0;
    }
    const place = { x, y };
    x += width + gap.width;
    rowHeight = Math.max(rowHeight, height);
    return place;
  });
}
