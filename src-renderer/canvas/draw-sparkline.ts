/** Where the points of a sparkline lie: the newest at the right edge, `capacity` of them across, the highest (at least `least`) at the top. */
export function toSparklinePoints(
  values: readonly number[],
  size: { readonly width: number; readonly height: number; readonly capacity: number; readonly least: number },
): readonly { readonly x: number; readonly y: number }[] {
  const { width, height, capacity, least } = size;
  const top = Math.max(least, ...values);
  const step = width / Math.max(1, capacity - 1);
  // Half a line's width stays free above and below.
  const room = height - 2;
  return values.map((value, index) => ({ x: width - (values.length - 1 - index) * step, y: 1 + room * (1 - value / top) }));
}

/** Draws values as a line over a tint of its colour, sharp on any screen. */
export function drawSparkline(canvas: HTMLCanvasElement, values: readonly number[], capacity: number): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  const { color } = getComputedStyle(canvas);
  const points = toSparklinePoints(values, { width, height, capacity, least: 4 });
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return;
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 1.25;
  context.lineJoin = 'round';
  context.beginPath();
  for (const { x, y } of points) context.lineTo(x, y);
  context.stroke();
  context.lineTo(last.x, height);
  context.lineTo(first.x, height);
  context.globalAlpha = 0.16;
  context.fill();
}
