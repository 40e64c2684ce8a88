import { useEffect, useRef } from 'react';
import { drawSparkline } from '../../canvas/draw-sparkline.ts';
import { mostSamples } from './lane-history.ts';

const none: readonly number[] = [];

/** How many waited over the last two minutes. */
export function Sparkline({
  values = none,
  className = '',
}: {
  readonly values?: readonly number[] | undefined;
  readonly className?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Drawn with every sample, and so also within a second of a change of theme.
  useEffect(() => {
    if (canvas.current !== null) drawSparkline(canvas.current, values, mostSamples);
  }, [values]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`Waiting in the last two minutes: ${(values.at(-1) ?? 0).toLocaleString()} now, ${Math.max(0, ...values).toLocaleString()} at most`}
      className={`block h-5 w-full ${className}`}
    />
  );
}
