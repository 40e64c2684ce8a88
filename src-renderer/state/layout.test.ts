import { expect, it } from 'vitest';
import { readLayout } from './layout.ts';

it('brings back what was stored', () => {
  const layout = { ...readLayout(null), sideWidth: 300, isBottomOpen: false, perspective: 'debug' as const };
  expect(readLayout(JSON.stringify(layout))).toEqual(layout);
});

it('keeps the good parts of a layout that is damaged or of another version', () => {
  expect(readLayout('{"sideWidth":300,"side":"memory","bottomHeight":-4,"future":1}')).toEqual({ ...readLayout(null), sideWidth: 300 });
  expect(readLayout('not json')).toEqual(readLayout(null));
  expect(readLayout('null')).toEqual(readLayout(null));
});
