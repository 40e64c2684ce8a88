import { expect, it } from 'vitest';
import { type FolderEntry, toFileRows } from './file-rows.ts';

const entry = (path: string, type: 'file' | 'folder' = 'file'): FolderEntry => ({
  path,
  name: path.split('/').at(-1) as string,
  type,
  bytes: 1,
});
const folders = new Map([
  ['', [entry('b.md'), entry('notes', 'folder'), entry('a10.md'), entry('a2.md'), entry('w.heddle.json')]],
  ['notes', [entry('notes/q3.md')]],
]);

it('puts folders first, sorts figures as figures, and leaves workflows to their own list', () => {
  expect(toFileRows(folders, new Set()).map((row) => row.entry.path)).toEqual(['notes', 'a2.md', 'a10.md', 'b.md']);
});

it('shows what is in an open folder below it', () => {
  expect(
    toFileRows(folders, new Set(['notes', 'gone']))
      .slice(0, 2)
      .map((row) => [row.entry.path, row.depth]),
  ).toEqual([
    ['notes', 0],
    ['notes/q3.md', 1],
  ]);
});
