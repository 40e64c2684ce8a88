import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import { countBegun, endAt, type FlameWeight, type Moment } from '#shared/trace/flame-weight.ts';
import type { Span } from '#shared/trace/span.ts';
import { toTimeLayout } from '#shared/trace/time-layout.ts';
import { createTraceBuilder } from '#shared/trace/trace-builder.ts';
import { toGroups, toOrderedLayout } from '#shared/trace/weight-layout.ts';
import { historiesFolder, readHistory } from '../support/read-history.ts';

const files = readdirSync(historiesFolder).filter((file) => file.endsWith('.ndjson'));
const weights: readonly FlameWeight[] = ['wall', 'busy', 'tokens', 'cost'];

function traceOf(events: readonly RunEvent[]): readonly Span[] {
  const builder = createTraceBuilder();
  builder.append(events);
  return builder.spans;
}

/** What is known of a span at a moment. */
function seenAt(span: Span, moment: Moment) {
  const { kind, name, parent, frame, startedAtMs } = span;
  return { kind, parent, frame, startedAtMs, endsAtMs: endAt(span, moment), name: kind === 'queue' ? 'any lane' : name };
}

describe.each(files)('the trace of %s', (file) => {
  const events = readHistory(file);
  const spans = traceOf(events);

  it('seen at any event is what the events so far tell', () => {
    for (const { seq, atMs } of events) {
      const moment = { seq, atMs };
      const sofar = traceOf(events.slice(0, seq));
      expect(spans.slice(0, countBegun(spans, moment)).map((span) => seenAt(span, moment))).toEqual(
        sofar.map((span) => seenAt(span, moment)),
      );
    }
  });

  it('is the same whether its events come one by one or at once', () => {
    const builder = createTraceBuilder();
    for (const event of events) builder.append([event]);
    expect(builder.spans).toEqual(spans);
  });

  it('has every span within the one around it, and nothing open at its end', () => {
    for (const span of spans) {
      expect(span.outcome).not.toBe('open');
      const parent = spans[span.parent];
      if (parent === undefined) continue;
      expect(parent.index).toBeLessThan(span.index);
      expect([parent.startedAtMs <= span.startedAtMs, (parent.endedAtMs ?? 0) >= (span.endedAtMs ?? 0)]).toEqual([true, true]);
    }
  });

  it('never draws two boxes of a row over each other, and each box below the one around it', () => {
    const moment = { seq: events.length, atMs: events.at(-1)?.atMs ?? 0 };
    for (const layout of [toTimeLayout(spans, moment), ...weights.map((weight) => toOrderedLayout({ spans, moment }, weight))]) {
      const rowOf = new Map<number, number>();
      for (let row = 0; row < layout.rows; row += 1) {
        for (let at = layout.rowStarts[row] as number; at < (layout.rowStarts[row + 1] as number); at += 1) {
          rowOf.set(layout.item[at] as number, row);
          if (at > (layout.rowStarts[row] as number)) expect(layout.from[at]).toBeGreaterThanOrEqual((layout.to[at - 1] as number) - 1e-9);
        }
      }
      for (const span of spans) if (span.parent >= 0) expect(rowOf.get(span.index)).toBeGreaterThan(rowOf.get(span.parent) as number);
    }
  });

  it.each(weights)('has groups by %s whose widths sum to their parent’s', (weight) => {
    const moment = { seq: events.length, atMs: events.at(-1)?.atMs ?? 0 };
    const groups = toGroups([{ spans, moment }], weight);
    groups.forEach((group, index) => {
      const below = groups.filter(({ parent }) => parent === index).reduce((sum, { total }) => sum + total, 0);
      expect(group.total).toBeCloseTo(group.own + below, 9);
      expect(group.own).toBeGreaterThanOrEqual(0);
    });
  });
});
