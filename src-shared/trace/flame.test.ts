import { describe, expect, it } from 'vitest';
import type { FlameLayout } from './flame-layout.ts';
import { toOwnWeights } from './flame-weight.ts';
import type { Span, SpanKind } from './span.ts';
import { toTimeLayout } from './time-layout.ts';
import { toGroups, toLeftHeavyLayout, toOrderedLayout } from './weight-layout.ts';

const now = { seq: 1000, atMs: 1000 };

/** Spans by their parent, time and use; each ends with an event of its own. */
function toSpans(
  rows: readonly (readonly [parent: number, kind: SpanKind, name: string, from: number, to: number | null, tokens?: number])[],
): Span[] {
  return rows.map(([parent, kind, name, from, to, tokens = 0], index) => ({
    index,
    parent,
    kind,
    name,
    frame: null,
    nodeKind: null,
    model: null,
    startedAtMs: from,
    startedSeq: from,
    endedAtMs: to,
    endedSeq: to,
    outcome: to === null ? 'open' : 'succeeded',
    tokens,
    costUsd: tokens / 100,
  }));
}

const spans = toSpans([
  [-1, 'run', 'Run', 0, 100],
  [0, 'attempt', 'a', 0, 60],
  [0, 'attempt', 'b', 20, 80],
  [1, 'model', 'm', 10, 40, 30],
  [2, 'approval', 'approval', 30, 50],
  [2, 'model', 'm', 50, 70, 10],
  [0, 'attempt', 'a · attempt 2', 80, 90],
]);

/** What stands in each row, from left to right. */
function rows(layout: FlameLayout, nameOf: (item: number) => string): readonly string[] {
  return Array.from({ length: layout.rows }, (_, row) =>
    Array.from(layout.item.subarray(layout.rowStarts[row], layout.rowStarts[row + 1]), (item, nth) => {
      const at = (layout.rowStarts[row] as number) + nth;
      return `${nameOf(item)} ${layout.from[at]}–${layout.to[at]}`;
    }).join(', '),
  );
}

const spanName = (item: number): string => spans[item]?.name ?? '';

describe('a flame by the clock', () => {
  it('stands each span below the one around it, and what went on at once on rows of its own', () => {
    expect(rows(toTimeLayout(spans, now), spanName)).toEqual([
      'Run 0–100',
      'a 0–60, a · attempt 2 80–90',
      'm 10–40',
      'b 20–80',
      'approval 30–50, m 50–70',
    ]);
  });

  it('gives rows back as soon as what stood in them has ended', () => {
    const late = toSpans([
      [-1, 'run', 'Run', 0, 100],
      [0, 'attempt', 'tall', 0, 50],
      [1, 'turn', 'turn', 0, 50],
      [0, 'attempt', 'short', 49, 60],
      [0, 'attempt', 'last', 55, 100],
      [4, 'turn', 'its turn', 55, 100],
    ]);
    expect(rows(toTimeLayout(late, now), (item) => late[item]?.name ?? '')).toEqual([
      'Run 0–100',
      'tall 0–50, last 55–100',
      'turn 0–50, its turn 55–100',
      'short 49–60',
    ]);
  });

  it('shows an earlier moment as it was then', () => {
    expect(rows(toTimeLayout(spans, { seq: 30, atMs: 35 }), spanName)).toEqual([
      'Run 0–35',
      'a 0–35',
      'm 10–35',
      'b 20–35',
      'approval 30–35',
    ]);
  });

  it('of nothing has no rows', () => {
    expect(toTimeLayout([], now)).toMatchObject({ rows: 0, extent: { from: 0, to: 1 } });
  });
});

describe('the own time of a span', () => {
  it('is what no child covers, however they overlap', () => {
    expect([...toOwnWeights(spans, spans.length, 'wall', now)]).toEqual([10, 30, 20, 30, 20, 20, 10]);
  });

  it('counts as busy only where something was done: no waits, and nothing that only holds others together', () => {
    expect([...toOwnWeights(spans, spans.length, 'busy', now)]).toEqual([0, 30, 20, 30, 0, 20, 10]);
  });
});

describe('a flame by weight', () => {
  it('is as wide as what was used, in the order of the start', () => {
    const layout = toOrderedLayout({ spans, moment: now }, 'tokens');
    expect(rows(layout, spanName)).toEqual(['Run 0–40', 'a 0–30, b 30–40, a · attempt 2 40–40', 'm 0–30, approval 30–30, m 30–40']);
  });

  it('counts what a call used once it has ended', () => {
    expect([...toOwnWeights(spans, spans.length, 'cost', { seq: 60, atMs: 60 })]).toEqual([0, 0, 0, 0.3, 0, 0, 0]);
  });

  it('put together has the heaviest first, and one group for the attempts of a node and for many runs', () => {
    const groups = toGroups(
      [
        { spans, moment: now },
        { spans, moment: now },
      ],
      'busy',
    );
    expect(groups.map(({ name, count, own, total }) => [name, count, own, total])).toEqual([
      ['Run', 2, 0, 220],
      ['a', 4, 80, 140],
      ['b', 2, 40, 80],
      ['m', 2, 60, 60],
      ['approval', 2, 0, 0],
      ['m', 2, 40, 40],
    ]);
    expect(rows(toLeftHeavyLayout(groups), (item) => groups[item]?.name ?? '')).toEqual([
      'Run 0–220',
      'a 0–140, b 140–220',
      'm 0–60, m 140–180, approval 180–180',
    ]);
  });
});
