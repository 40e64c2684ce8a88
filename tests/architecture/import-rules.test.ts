import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlantedTree, type PlantedTree } from './planted-tree.ts';

/** A file that imports what its rule forbids: [rule, importing file, what it writes after `import`, what that resolves to]. */
const forbidden: readonly (readonly [rule: string, from: string, specifier: string, to: string])[] = [
  ['no-cycles', 'src-main/runtime/chicken.ts', './egg.ts', 'src-main/runtime/egg.ts'],
  ['no-unresolved', 'src-main/runtime/lost.ts', './nowhere.ts', './nowhere.ts'],
  ['shared-imports-only-zod', 'src-shared/run/reads-files.ts', 'node:fs', 'fs'],
  ['shared-imports-only-zod', 'src-shared/base/validates.ts', 'ajv', 'node_modules/ajv/index.js'],
  ['shared-imports-only-zod', 'src-shared/run/evaluates.ts', '@marcbachmann/cel-js', 'node_modules/@marcbachmann/cel-js/index.js'],
  ['shared-imports-only-zod', 'src-shared/run/from-main.ts', '#main/tools/fetch.ts', 'src-main/tools/fetch.ts'],
  ['shared-contract-imports-only-orpc', 'src-shared/contract/serves.ts', '@orpc/server', 'node_modules/@orpc/server/index.js'],
  ['shared-workflow-imports-only-cel', 'src-shared/workflow/contracts.ts', '@orpc/contract', 'node_modules/@orpc/contract/index.js'],
  ['only-shared-code-reads-yaml', 'src-shared/workflow/plain.ts', 'yaml', 'node_modules/yaml/index.js'],
  ['shared-base-points-down', 'src-shared/base/upward.ts', '#shared/events/fact.ts', 'src-shared/events/fact.ts'],
  ['shared-events-points-down', 'src-shared/events/upward.ts', '../workflow/document.ts', 'src-shared/workflow/document.ts'],
  ['shared-workflow-and-nodes-points-down', 'src-shared/nodes/code/upward.ts', '#shared/run/state.ts', 'src-shared/run/state.ts'],
  ['shared-run-and-history-points-down', 'src-shared/run/upward.ts', '#shared/trace/span.ts', 'src-shared/trace/span.ts'],
  ['shared-context-and-trace-points-down', 'src-shared/trace/upward.ts', '#shared/contract/api.ts', 'src-shared/contract/api.ts'],
  ['main-never-imports-renderer', 'src-main/api/shows.ts', '#renderer/ui/button.tsx', 'src-renderer/ui/button.tsx'],
  ['renderer-never-imports-main', 'src-renderer/state/reaches.ts', '#main/tools/tool.ts', 'src-main/tools/tool.ts'],
  ['renderer-never-imports-node', 'src-renderer/state/reads-files.ts', 'node:fs', 'fs'],
  ['electron-only-in-shell', 'src-main/host/windows.ts', 'electron', 'node_modules/electron/index.js'],
  ['only-host-names-adapters', 'src-main/api/picks-store.ts', '#main/event-store/sqlite-store.ts', 'src-main/event-store/sqlite-store.ts'],
  ['only-host-names-adapters', 'src-main/tools/picks-pool.ts', '../sandbox/pool.ts', 'src-main/sandbox/pool.ts'],
  ['runtime-knows-only-ports', 'src-main/runtime/picks-provider.ts', '#main/models/openai/client.ts', 'src-main/models/openai/client.ts'],
  ['runtime-knows-only-ports', 'src-main/executors/serves.ts', '#main/api/server.ts', 'src-main/api/server.ts'],
  ['host-is-the-top', 'src-main/api/asks-host.ts', '#main/host/compose.ts', 'src-main/host/compose.ts'],
  ['features-are-islands', 'src-renderer/features/runs/peeks.tsx', '../explorer/tree.tsx', 'src-renderer/features/explorer/tree.tsx'],
  ['ui-has-no-state-of-ours', 'src-renderer/ui/stateful.tsx', '#renderer/state/runs.ts', 'src-renderer/state/runs.ts'],
  [
    'state-knows-no-panel',
    'src-renderer/state/panels.ts',
    '#renderer/features/explorer/tree.tsx',
    'src-renderer/features/explorer/tree.tsx',
  ],
  ['canvas-has-no-react', 'src-renderer/canvas/component.ts', 'react', 'node_modules/react/index.js'],
  ['product-never-imports-tests', 'src-main/runtime/fakes.ts', '../../tests/contract/suite.ts', 'tests/contract/suite.ts'],
  ['product-never-imports-dev-packages', 'src-main/host/needs-tool.ts', 'knip', 'node_modules/knip/index.js'],
];

/** Imports that the same rules must let through. */
const allowed: readonly (readonly [from: string, specifier: string])[] = [
  ['src-shared/run/allowed.ts', 'zod'],
  ['src-shared/run/allowed-below.ts', '#shared/workflow/document.ts'],
  ['src-shared/contract/allowed.ts', '@orpc/contract'],
  ['src-shared/contract/allowed-below.ts', '#shared/trace/span.ts'],
  ['src-shared/workflow/allowed.ts', '@marcbachmann/cel-js'],
  ['src-shared/workflow/code/allowed.ts', 'yaml'],
  ['src-shared/workflow/allowed-sibling.ts', '#shared/nodes/code/kind.ts'],
  ['src-main/host/allowed.ts', '#main/event-store/sqlite-store.ts'],
  ['src-main/cli/allowed.ts', '#main/host/compose.ts'],
  ['src-main/api/allowed.ts', '#main/event-store/event-store.ts'],
  ['src-main/runtime/allowed.ts', '#main/models/model.ts'],
  ['src-main/executors/allowed.ts', '#main/sandbox/sandbox.ts'],
  ['src-main/runtime/allowed.test.ts', '#main/event-store/sqlite-store.ts'],
  ['src-main/shell/allowed.ts', 'electron'],
  ['src-main/models/openai/allowed.ts', './client.ts'],
  ['src-renderer/features/runs/allowed.tsx', '#renderer/ui/button.tsx'],
  ['src-renderer/features/runs/allowed-react.tsx', 'react'],
  ['tests/contract/allowed.test.ts', './suite.ts'],
];

const stubPackages = ['zod', 'ajv', 'electron', 'react', 'knip', '@marcbachmann/cel-js', '@orpc/contract', '@orpc/server', 'yaml'];

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

describe('dependency-cruiser', () => {
  let tree: PlantedTree;
  let violations: readonly Violation[];

  beforeAll(() => {
    tree = createPlantedTree(plantedFiles(), stubPackages);
    const { output } = tree.run(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ...['src-shared', 'src-main', 'src-renderer', 'tests', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    );
    violations = (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
  });
  afterAll(() => tree.remove());

  test.each(forbidden)('%s catches %s importing %s', (rule, from, _specifier, to) => {
    const caught = violations.filter((violation) => violation.from === from).map((violation) => [violation.rule.name, violation.to]);
    expect(caught).toContainEqual([rule, to]);
  });

  test.each(allowed)('%s may import %s', (from) => {
    expect(violations.filter((violation) => violation.from === from)).toEqual([]);
  });

  test('every rule has a planted violation and gives its reason', () => {
    const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
      forbidden: readonly { readonly name: string; readonly comment: string; readonly severity: string }[];
    };
    expect([...new Set(forbidden.map(([rule]) => rule))].sort()).toEqual(config.forbidden.map((rule) => rule.name).sort());
    expect(config.forbidden.filter((rule) => rule.comment.length < 40 || rule.severity !== 'error')).toEqual([]);
  });
});

/** All planted files together with empty ones for what they import. */
function plantedFiles(): Record<string, string> {
  const targets = [
    ...forbidden.map(([, , , to]) => to),
    ...[
      'src-shared/nodes/code/kind.ts',
      'src-shared/workflow/document.ts',
      'src-main/event-store/event-store.ts',
      'src-main/models/model.ts',
      'src-main/sandbox/sandbox.ts',
    ],
  ].filter((path) => /^(src-|tests\/)/.test(path));
  return {
    ...Object.fromEntries(targets.map((path) => [path, 'export {};\n'])),
    ...Object.fromEntries(
      [...forbidden.map(([, from, specifier]) => [from, specifier] as const), ...allowed].map(([from, specifier]) => [
        from,
        `import '${specifier}';\n`,
      ]),
    ),
    'src-main/runtime/egg.ts': "import './chicken.ts';\n",
  };
}
