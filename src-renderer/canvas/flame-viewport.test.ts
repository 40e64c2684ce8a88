import { describe, expect, it } from 'vitest';
import { toFlameLayout } from '#shared/trace/flame-layout.ts';
import { boxAt, panned, revealed, rowOfBox, toWholeViewport, withinFlame, zoomedAt, zoomedTo } from './flame-viewport.ts';

/** Three rows; in the second, boxes 1 (0–40) and 2 (60–60.01). */
const layout = toFlameLayout({
  count: 4,
  item: Int32Array.from([0, 1, 2, 3]),
  row: Int32Array.from([0, 1, 1, 2]),
  from: Float64Array.from([0, 0, 60, 10]),
  to: Float64Array.from([100, 40, 60.01, 20]),
});
const size = { width: 1000, height: 36 };
const whole = toWholeViewport(layout);

describe('a viewport', () => {
  it('keeps what is under the pointer in its place when it zooms', () => {
    expect(zoomedAt(whole, 250, 1000, 0.5)).toEqual({ from: 12.5, to: 62.5, top: 0 });
  });

  it('never leaves the flame', () => {
    expect(withinFlame(panned(whole, -300, -50, 1000), layout, size)).toEqual(whole);
    expect(withinFlame(panned({ from: 0, to: 50, top: 0 }, 5000, 5000, 1000), layout, size)).toEqual({ from: 50, to: 100, top: 18 });
    expect(withinFlame(zoomedAt(whole, 0, 1000, 4), layout, size)).toEqual(whole);
  });

  it('zooms to a box with a little room on both sides', () => {
    expect(zoomedTo(layout, 3, size)).toEqual({ from: 9.8, to: 20.2, top: 18 });
  });

  it('moves no more than it takes to see a box', () => {
    expect(revealed({ from: 0, to: 50, top: 0 }, layout, 1, size)).toEqual({ from: 0, to: 50, top: 0 });
    expect(revealed({ from: 0, to: 50, top: 0 }, layout, 3, size)).toEqual({ from: 0, to: 50, top: 18 });
    expect(revealed({ from: 70, to: 80, top: 0 }, layout, 3, size)).toEqual({ from: 10, to: 20, top: 18 });
  });
});

describe('a box', () => {
  it('is found below the pointer, also when it is thinner than a pixel', () => {
    expect([boxAt(layout, whole, size, 500, 5), boxAt(layout, whole, size, 200, 20), boxAt(layout, whole, size, 600, 20)]).toEqual([
      0, 1, 2,
    ]);
  });

  it('is not there in a gap, and not below the last row', () => {
    expect([boxAt(layout, whole, size, 500, 20), boxAt(layout, whole, size, 500, 60), boxAt(layout, whole, size, 500, -1)]).toEqual([
      -1, -1, -1,
    ]);
  });

  it('knows its row', () => {
    expect([0, 1, 2, 3].map((box) => rowOfBox(layout, box))).toEqual([0, 1, 1, 2]);
  });
});
