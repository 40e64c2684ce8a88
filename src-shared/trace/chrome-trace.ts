import type { JsonObject } from '../base/json.ts';
import { countBegun, endAt } from './flame-weight.ts';
import type { Span } from './span.ts';
import { toThreads } from './threads.ts';
import type { SeenSpans } from './weight-layout.ts';

/**
 * A run as a file for chrome://tracing and Perfetto: a complete event for each span, in microseconds since the start of the run
 * (“Trace Event Format”, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU).
 */
export function toChromeTrace(name: string, { spans, moment }: SeenSpans): JsonObject {
  const count = countBegun(spans, moment);
  const threadOf = toThreads(spans, count, moment);
  const start = spans[0]?.startedAtMs ?? 0;
  const events = Array.from({ length: count }, (_, index): JsonObject => {
    const span = spans[index] as Span;
    return {
      name: span.name,
      cat: span.kind,
      ph: 'X',
      pid: 1,
      tid: (threadOf[index] as number) + 1,
      ts: (span.startedAtMs - start) * 1000,
      dur: (endAt(span, moment) - span.startedAtMs) * 1000,
      args: toArguments(span),
    };
  });
  return {
    traceEvents: [{ name: 'process_name', ph: 'M', pid: 1, tid: 1, args: { name } }, ...events],
    displayTimeUnit: 'ms',
    otherData: { exporter: 'heddle' },
  };
}

function toArguments({ frame, outcome, model, tokens, costUsd, startedSeq }: Span): JsonObject {
  return { outcome, event: startedSeq, ...(frame === null ? {} : { frame }), ...(model === null ? {} : { model, tokens, costUsd }) };
}
