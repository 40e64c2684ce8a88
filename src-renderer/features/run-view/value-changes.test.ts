import { expect, it } from 'vitest';
import { listValueChanges, toChangeWords } from './value-changes.ts';

it('finds where two values differ, as deep as possible', () => {
  const before = { text: 'a', kept: [1, { x: 1 }], gone: true, list: [1, 2] };
  const after = { text: 'b', kept: [1, { x: 2 }], list: [1], come: null };
  expect(listValueChanges(before, after)).toEqual([
    { path: 'text', before: 'a', after: 'b' },
    { path: 'kept[1].x', before: 1, after: 2 },
    { path: 'list[1]', before: 2, after: undefined },
    { path: 'come', before: undefined, after: null },
    { path: 'gone', before: true, after: undefined },
  ]);
  expect(listValueChanges(before, { ...before })).toEqual([]);
});

it('takes values of another shape as a whole', () => {
  expect(listValueChanges({ a: 1 }, [1])).toEqual([{ path: '', before: { a: 1 }, after: [1] }]);
  expect(listValueChanges(null, 'x')).toEqual([{ path: '', before: null, after: 'x' }]);
});

it('says the first change in full and counts the others', () => {
  expect(toChangeWords(listValueChanges({ value: 'looms!' }, { value: 'soft' }))).toBe('value: "looms!" → "soft"');
  expect(toChangeWords(listValueChanges({ a: 1, b: 2 }, { a: 2, b: 3 }))).toBe('a: 1 → 2, and 1 more');
  expect(toChangeWords(listValueChanges(1, 'x'.repeat(50)))).toBe(`1 → "${'x'.repeat(38)}…`);
  expect(toChangeWords([])).toBe('nothing');
});
