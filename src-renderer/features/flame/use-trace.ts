import { useRef } from 'react';
import type { RunEvent } from '#shared/run/events.ts';
import type { Span } from '#shared/trace/span.ts';
import { createTraceBuilder, type TraceBuilder } from '#shared/trace/trace-builder.ts';

/** The spans of a run, kept up with its events as they come. The list is the same one each time, and grows. */
export function useTrace(runKey: string, events: readonly RunEvent[]): readonly Span[] {
  const kept = useRef<{ runKey: string; builder: TraceBuilder; taken: number } | null>(null);
  if (kept.current === null || kept.current.runKey !== runKey || kept.current.taken > events.length) {
    kept.current = { runKey, builder: createTraceBuilder(), taken: 0 };
  }
  const { builder, taken } = kept.current;
  if (taken < events.length) {
    builder.append(taken === 0 ? events : events.slice(taken));
    kept.current.taken = events.length;
  }
  return builder.spans;
}
