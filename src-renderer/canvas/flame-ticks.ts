/** A mark on the axis of a flame: where it stands from the left, as a share of the width, and its value since the flame's beginning. */
export interface FlameTick {
  readonly share: number;
  readonly value: number;
}

/** Marks closer than this many pixels would run into one another. */
const leastDistance = 96;
/** What a step may begin with; times have steps of their own above a minute. */
const decimalSteps = [1, 2, 5];
const timeSteps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map((seconds) => seconds * 1000);

/** Round values of the visible part, at most one for each hundred pixels or so, and how far apart they are. `isTime` counts in milliseconds. */
export function toFlameTicks(
  viewport: { readonly from: number; readonly to: number },
  origin: number,
  width: number,
  isTime: boolean,
): { readonly ticks: readonly FlameTick[]; readonly step: number } {
  const span = viewport.to - viewport.from;
  if (!(span > 0) || width < leastDistance) return { ticks: [], step: 1 };
  const step = toStep((span / width) * leastDistance, isTime);
  const first = Math.ceil((viewport.from - origin) / step);
  const last = Math.floor((viewport.to - origin) / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, nth) => {
    const value = (first + nth) * step;
    return { value, share: (value + origin - viewport.from) / span };
  });
  return { ticks, step };
}

/** The smallest round step that is no smaller than this. */
function toStep(least: number, isTime: boolean): number {
  const long = isTime && least > 10_000 ? timeSteps.find((step) => step >= least) : undefined;
  if (long !== undefined) return long;
  const power = 10 ** Math.floor(Math.log10(least));
  return (decimalSteps.find((step) => step * power >= least) ?? 10) * power;
}
