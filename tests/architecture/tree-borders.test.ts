import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlantedTree, type PlantedTree } from './planted-tree.ts';

/** [what leaks, tree, file, code]: the tree's tsconfig has no such thing, so the compiler refuses it. */
const leaks: readonly (readonly [what: string, tree: string, file: string, code: string])[] = [
  ['the DOM', 'src-shared', 'dom.ts', 'export const title = document.title;'],
  ['a browser timer', 'src-shared', 'timer.ts', 'export const timer = setTimeout(() => 1, 1);'],
  ['a Node global', 'src-shared', 'node-global.ts', 'export const pid = process.pid;'],
  ['a Node module', 'src-shared', 'node-module.ts', "import { readFileSync } from 'node:fs';\nexport const it = readFileSync;"],
  ['the DOM', 'src-main', 'dom.ts', 'export const title = document.title;'],
  ['a Node global', 'src-renderer', 'node-global.ts', 'export const pid = process.pid;'],
  ['a Node module', 'src-renderer', 'node-module.ts', "import { readFileSync } from 'node:fs';\nexport const it = readFileSync;"],
  ['syntax that does not erase', 'src-main', 'enum.ts', 'export enum Colour { Red }'],
  ['an unchecked index', 'src-shared', 'index.ts', 'export const first = (list: readonly string[]): string => list[0];'],
  ['undefined for an optional', 'src-shared', 'optional.ts', 'export const it: { a?: string } = { a: undefined };'],
];

/** [tree, file, code] */
const fitting: readonly (readonly [tree: string, file: string, code: string])[] = [
  ['src-shared', 'pure.ts', 'export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);'],
  [
    'src-main',
    'node.ts',
    "import { readFileSync } from 'node:fs';\nimport { sum } from '#shared/pure.ts';\nexport const it = [readFileSync, sum, process.pid];",
  ],
  ['src-renderer', 'page.tsx', "import { sum } from '#shared/pure.ts';\nexport const Page = () => <p>{document.title + sum([1])}</p>;"],
];

describe('one tsconfig per tree', () => {
  let tree: PlantedTree;
  const errors = new Map<string, readonly string[]>();

  beforeAll(() => {
    const files = [...leaks.map(([, folder, file, code]) => [folder, file, code] as const), ...fitting];
    tree = createPlantedTree(Object.fromEntries(files.map(([folder, file, code]) => [`${folder}/${file}`, code])));
    for (const folder of ['src-shared', 'src-main', 'src-renderer']) {
      errors.set(folder, tree.run('typescript-7/bin/tsc', '-p', folder, '--pretty', 'false').output.split('\n'));
    }
  });
  afterAll(() => tree.remove());

  const errorsIn = (folder: string, file: string) => errors.get(folder)?.filter((line) => line.startsWith(`${folder}/${file}(`));

  test.each(leaks)('%s does not leak into %s (%s)', (_what, folder, file) => {
    expect(errorsIn(folder, file)).toHaveLength(1);
  });

  test.each(fitting)('%s accepts %s', (folder, file) => {
    expect(errorsIn(folder, file)).toEqual([]);
  });
});
