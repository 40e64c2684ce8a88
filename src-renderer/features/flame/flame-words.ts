import type { FlameWeight } from '#shared/trace/flame-weight.ts';
import type { SpanKind, SpanOutcome } from '#shared/trace/span.ts';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';

/** Which flame is drawn: by the clock, by weight in the order of the start, or what is called the same put together. */
export type FlameOrder = 'clock' | 'start' | 'together';

export const orderWords: Readonly<Record<FlameOrder, string>> = { clock: 'By the clock', start: 'In order', together: 'Together' };
export const weightWords: Readonly<Record<FlameWeight, string>> = { wall: 'Time', busy: 'Busy', tokens: 'Tokens', cost: 'Cost' };

export const kindWords: Readonly<Record<SpanKind, string>> = {
  run: 'run',
  attempt: 'attempt',
  scope: 'scope',
  turn: 'turn',
  model: 'model call',
  tool: 'tool call',
  saga: 'undoing',
  queue: 'wait for room in a lane',
  retry: 'wait for the next try',
  approval: 'wait for a person',
  timer: 'timer',
  signal: 'wait for a signal',
  held: 'nothing at work',
};

export const outcomeWords: Readonly<Record<SpanOutcome, string>> = {
  open: 'goes on',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'stopped',
  unknown: 'outcome unknown',
  reused: 'taken over',
};

/** A width of a flame with its unit. */
export function formatWeight(value: number, weight: FlameWeight): string {
  switch (weight) {
    case 'wall':
    case 'busy':
      return formatDuration(value);
    case 'tokens':
      return `${formatTokens(value)} tok`;
    case 'cost':
      return formatMoney(value);
  }
}

/** A mark on the axis: fine enough that two marks this far apart never read the same. */
export function formatTick(value: number, step: number, weight: FlameWeight): string {
  const isTime = weight === 'wall' || weight === 'busy';
  if (!isTime || step >= 1000 || (value < 9_950 && step >= 100)) return formatWeight(value, weight);
  return `${value.toLocaleString(undefined, { maximumFractionDigits: Math.max(0, -Math.floor(Math.log10(step))) })} ms`;
}
