interface Point {
  readonly x: number;
  readonly y: number;
}

/** How far from its ends the control points of an edge stand that leaves to the right and arrives from the left. */
export function toReach(fromX: number, toX: number): number {
  return toX >= fromX ? (toX - fromX) / 2 : 6.25 * Math.sqrt(fromX - toX);
}

/** How far a point is from the curve of an edge that leaves to the right and arrives from the left, by 17 samples of it. */
export function distanceToEdge(from: Point, to: Point, point: Point): number {
  const reach = toReach(from.x, to.x);
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step <= 16; step += 1) {
    const t = step / 16;
    const x = cubic(from.x, from.x + reach, to.x - reach, to.x, t);
    const y = cubic(from.y, from.y, to.y, to.y, t);
    least = Math.min(least, Math.hypot(x - point.x, y - point.y));
  }
  return least;
}

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}
