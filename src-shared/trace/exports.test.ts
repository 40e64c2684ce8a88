import { describe, expect, it } from 'vitest';
import { toChromeTrace } from './chrome-trace.ts';
import type { Span, SpanKind } from './span.ts';
import { toSpeedscope } from './speedscope.ts';

/** Two calls at once, of which one costs something. */
const spans = (
  [
    [-1, 'run', 'Run', 1000, 1100, 0],
    [0, 'attempt', 'a', 1000, 1060, 0],
    [1, 'model', 'm', 1010, 1040, 30],
    [0, 'attempt', 'b', 1020, 1100, 0],
    [0, 'attempt', 'none', 1100, 1100, 0],
  ] as readonly (readonly [number, SpanKind, string, number, number, number])[]
).map(
  ([parent, kind, name, from, to, tokens], index): Span => ({
    index,
    parent,
    kind,
    name,
    frame: kind === 'run' ? null : `${name}#1`,
    nodeKind: null,
    model: kind === 'model' ? 'p/m' : null,
    startedAtMs: from,
    startedSeq: index + 1,
    endedAtMs: to,
    endedSeq: 10,
    outcome: 'succeeded',
    tokens,
    costUsd: tokens / 100,
  }),
);
const seen = { spans, moment: { seq: 10, atMs: 1100 } };

describe('a run for speedscope', () => {
  it('has a profile for each thread, opened and closed in turn, and one for each use', () => {
    const o = (frame: number, at: number) => ({ type: 'O', frame, at });
    const c = (frame: number, at: number) => ({ type: 'C', frame, at });
    expect(toSpeedscope('Run 1', seen)).toMatchObject({
      name: 'Run 1',
      shared: { frames: [{ name: 'Run' }, { name: 'a' }, { name: 'm' }, { name: 'b' }, { name: 'none' }] },
      profiles: [
        {
          name: 'Time',
          startValue: 0,
          endValue: 100,
          events: [o(0, 0), o(1, 0), o(2, 10), c(2, 40), c(1, 60), o(4, 100), c(4, 100), c(0, 100)],
        },
        { name: 'Time, at once 2', startValue: 0, endValue: 100, events: [o(3, 20), c(3, 100)] },
        { name: 'Tokens', samples: [[0, 1, 2]], weights: [30], endValue: 30 },
        { name: 'Cost, US dollars', samples: [[0, 1, 2]], weights: [0.3], endValue: 0.3 },
      ],
    });
  });
});

describe('a run for Chrome tracing', () => {
  it('has an event for each span, in microseconds since the start', () => {
    const { traceEvents } = toChromeTrace('Run 1', seen) as unknown as { readonly traceEvents: readonly Record<string, unknown>[] };
    expect(traceEvents.map(({ ph, name, tid, ts, dur }) => [ph, name, tid, ts, dur])).toEqual([
      ['M', 'process_name', 1, undefined, undefined],
      ['X', 'Run', 1, 0, 100_000],
      ['X', 'a', 1, 0, 60_000],
      ['X', 'm', 1, 10_000, 30_000],
      ['X', 'b', 2, 20_000, 80_000],
      ['X', 'none', 1, 100_000, 0],
    ]);
    expect(traceEvents[3]?.args).toEqual({ outcome: 'succeeded', event: 3, frame: 'm#1', model: 'p/m', tokens: 30, costUsd: 0.3 });
  });
});
