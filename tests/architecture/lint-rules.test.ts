import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlantedTree, type PlantedTree } from './planted-tree.ts';

/** [rule, words of its message, file, code]: the code breaks the rule when it stands in that file. */
const typeAware: readonly (readonly [rule: string, message: string, file: string, code: string])[] = [
  [
    '@typescript-eslint/no-floating-promises',
    'must be awaited',
    'src-main/api/floats.ts',
    'export function start() { Promise.resolve(1); }',
  ],
  ['@typescript-eslint/no-misused-promises', 'Promise', 'src-main/api/misuses.ts', 'export const odd = [1].filter(async (n) => n > 0);'],
  ['@typescript-eslint/await-thenable', 'await', 'src-main/api/awaits.ts', 'export async function wait(n: number) { await n; }'],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    'not exhaustive',
    'src-renderer/state/forgets.ts',
    "export function word(tip: 'a' | 'b') { switch (tip) { case 'a': return 1; } return 0; }",
  ],
  ['no-restricted-syntax', 'Date.now is forbidden', 'src-shared/run/asks-clock.ts', 'export const now = () => Date.now();'],
  ['no-restricted-syntax', 'new Date() is forbidden', 'src-shared/run/makes-date.ts', 'export const now = () => new Date();'],
  ['no-restricted-syntax', 'Math.random is forbidden', 'src-shared/run/rolls.ts', 'export const roll = () => Math.random();'],
  [
    'no-restricted-syntax',
    'randomUUID is forbidden',
    'src-shared/run/invents.ts',
    'declare const crypto: { randomUUID(): string };\nexport const id = () => crypto.randomUUID();',
  ],
  [
    'no-restricted-syntax',
    'performance.now is forbidden',
    'src-shared/run/times.ts',
    'declare const performance: { now(): number };\nexport const t = () => performance.now();',
  ],
  ['no-restricted-syntax', 'Code from text', 'src-main/executors/evaluates.ts', "export const three = eval('1 + 2');"],
  ['no-restricted-syntax', 'Code from text', 'src-renderer/state/compiles.ts', "export const three = new Function('return 3');"],
  ['no-restricted-syntax', 'Code from text', 'src-main/runtime/loads-vm.ts', "export const vm = import('node:vm');"],
  [
    'no-restricted-imports',
    'Code from text',
    'src-main/runtime/uses-vm.ts',
    "import { Script } from 'node:vm';\nexport const script = new Script('1');",
  ],
  ['no-restricted-imports', 'Only src-main/shell', 'src-main/host/windows.ts', "import { app } from 'electron';\nexport const it = app;"],
  ['no-restricted-syntax', 'Only src-main/shell', 'src-main/host/lazy-windows.ts', "export const it = import('electron');"],
  [
    'no-restricted-imports',
    'Only src-main/shell',
    'tests/contract/windows.test.ts',
    "import { app } from 'electron';\nexport const it = app;",
  ],
];

/** The same code where it belongs. */
const allowed: readonly (readonly [file: string, code: string])[] = [
  ['src-main/shell/main.ts', "import { app } from 'electron';\nexport const it = app;"],
  ['src-main/sandbox/child.ts', "import { Script } from 'node:vm';\nexport const script = new Script('1');"],
  ['src-main/host/system-clock.ts', 'export const now = () => Date.now();'],
  ['src-shared/base/given-date.ts', 'export const iso = (atMs: number) => new Date(atMs).toISOString();'],
];

interface FileReport {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

describe('eslint', () => {
  let tree: PlantedTree;
  let reports: readonly FileReport[];

  beforeAll(() => {
    tree = createPlantedTree(Object.fromEntries([...typeAware.map(([, , file, code]) => [file, code] as const), ...allowed]));
    reports = JSON.parse(tree.run('eslint/bin/eslint.js', 'src-shared', 'src-main', 'src-renderer', 'tests', '--format', 'json').output);
  });
  afterAll(() => tree.remove());

  const messagesIn = (file: string) => reports.find((report) => report.filePath.replaceAll('\\', '/').endsWith(`/${file}`))?.messages;

  test.each(typeAware)('%s says "%s" in %s', (rule, words, file) => {
    expect(messagesIn(file)).toContainEqual(expect.objectContaining({ ruleId: rule, message: expect.stringContaining(words) }));
  });

  test.each(allowed)('%s is let through', (file) => {
    expect(messagesIn(file)).toEqual([]);
  });
});

/** [rule, file, code] */
const syntactic: readonly (readonly [rule: string, file: string, code: string])[] = [
  ['lint/suspicious/noExplicitAny', 'src-main/api/any.ts', 'export const it: any = 1;'],
  ['lint/correctness/noUnusedImports', 'src-main/api/imports.ts', "import { it } from './any.ts';"],
  ['lint/correctness/noUnusedVariables', 'src-main/api/variables.ts', 'const it = 1;\nexport {};'],
  [
    'lint/correctness/useExhaustiveDependencies',
    'src-renderer/ui/stale.tsx',
    "import { useEffect } from 'react';\nexport function Stale({ n }: { n: number }) {\n  useEffect(() => console.log(n), []);\n  return null;\n}",
  ],
  [
    'lint/correctness/useHookAtTopLevel',
    'src-renderer/ui/sometimes.tsx',
    "import { useState } from 'react';\nexport function Sometimes({ n }: { n: number }) {\n  if (n > 1) useState(n);\n  return null;\n}",
  ],
  ['lint/style/noDefaultExport', 'src-main/api/default.ts', 'export default 1;'],
  ['lint/style/useImportType', 'src-main/api/types.ts', "import { Planted } from './planted.ts';\nexport const it: Planted = 1;"],
  ['lint/style/useFilenamingConvention', 'src-main/api/camelCase.ts', 'export const it = 1;'],
  [
    'lint/security/noDangerouslySetInnerHtml',
    'src-renderer/ui/raw.tsx',
    'export const Raw = () => <p dangerouslySetInnerHTML={{ __html: "" }} />;',
  ],
];

describe('biome', () => {
  let tree: PlantedTree;
  let categories: readonly string[];

  beforeAll(() => {
    tree = createPlantedTree(Object.fromEntries(syntactic.map(([, file, code]) => [file, code])));
    const { output } = tree.run('@biomejs/biome/bin/biome', 'lint', '--reporter=json', '--max-diagnostics=none', '.');
    const { diagnostics } = JSON.parse(output) as { diagnostics: { category: string; location: { path: string } }[] };
    categories = diagnostics.map((diagnostic) => `${diagnostic.category} ${diagnostic.location.path}`);
  });
  afterAll(() => tree.remove());

  test.each(syntactic)('%s catches %s', (rule, file) => {
    expect(categories).toContain(`${rule} ${file}`);
  });
});
