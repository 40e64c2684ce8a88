import type { LayoutBox, LayoutGraph, LayoutPositions } from '#renderer/canvas/graph-layout.ts';
import { createRandom } from '../support/random.ts';

/** A graph without circles, the same every time: most edges are short, some lead far, as in a dependency graph. */
export function toLayoutDag(nodes: number, edges: number): LayoutGraph {
  const random = createRandom(7);
  const boxes = Array.from(
    { length: nodes },
    (_, index): LayoutBox => ({
      id: `n${index}`,
      width: 184,
      height: 64 + 8 * Math.floor(random() * 6),
      x: Math.floor(random() * 4_000),
      y: Math.floor(random() * 4_000),
    }),
  );
  const drawn = new Map<string, readonly [string, string]>();
  while (drawn.size < edges) {
    const to = 1 + Math.floor(random() * (nodes - 1));
    const from = Math.max(0, to - 1 - Math.floor(random() ** 3 * Math.min(to, 200)));
    drawn.set(`${from}>${to}`, [`n${from}`, `n${to}`]);
  }
  return { boxes, edges: [...drawn.values()] };
}

/** How many pairs of edges cross when each is drawn as a straight line from the right of its first box to the left of the other. */
export function countDrawnCrossings({ boxes, edges }: LayoutGraph, at: LayoutPositions): number {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const lines = edges.map(([from, to]): Line => {
    const [source, target] = [byId.get(from) as LayoutBox, byId.get(to) as LayoutBox];
    const [start, end] = [at[from] as Point, at[to] as Point];
    return {
      from,
      to,
      a: { x: start.x + source.width, y: start.y + source.height / 2 },
      b: { x: end.x, y: end.y + target.height / 2 },
    };
  });
  lines.sort((one, other) => leftOf(one) - leftOf(other));
  let crossings = 0;
  lines.forEach((one, index) => {
    const right = Math.max(one.a.x, one.b.x);
    for (let next = index + 1; next < lines.length; next += 1) {
      const other = lines[next] as Line;
      if (leftOf(other) > right) break;
      if (!shareEnd(one, other) && cross(one, other)) crossings += 1;
    }
  });
  return crossings;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Line {
  readonly from: string;
  readonly to: string;
  readonly a: Point;
  readonly b: Point;
}

function leftOf({ a, b }: Line): number {
  return Math.min(a.x, b.x);
}

function shareEnd(one: Line, other: Line): boolean {
  return one.from === other.from || one.to === other.to || one.from === other.to || one.to === other.from;
}

function cross(one: Line, other: Line): boolean {
  return side(one.a, one.b, other.a) * side(one.a, one.b, other.b) < 0 && side(other.a, other.b, one.a) * side(other.a, other.b, one.b) < 0;
}

/** On which side of a line through two points a third lies. */
function side(a: Point, b: Point, c: Point): number {
  return Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
}
