/**
 * The dependency rule as a machine (see ARCHITECTURE.md): each rule carries its reason, and `tests/architecture/`
 * plants one violation per rule. If a rule stops you, the code belongs elsewhere or a port is missing.
 */

/** What sees outside the border of its own area: everything else in an area with adapters is one. */
const ports = [
  '^src-main/event-store/(event-store|follow|snapshot-cache|upkeep)\\.ts$',
  '^src-main/models/model\\.ts$',
  '^src-main/tools/tool\\.ts$',
  '^src-main/sandbox/sandbox\\.ts$',
];

/** Folders whose files implement ports. */
const adapterAreas = '(event-store|models|tools|sandbox)';

const testFile = '\\.test\\.tsx?$';

/** From the ground up: a folder of shared may import its own group and those before it. */
const sharedGroups = [['base'], ['events'], ['workflow', 'nodes'], ['run', 'history'], ['context', 'trace'], ['contract']];

/** One rule per group of shared that has groups above it. */
const sharedPointsDown = sharedGroups.slice(0, -1).map((group, index) => ({
  name: `shared-${group.join('-and-')}-points-down`,
  comment:
    'Shared is built in layers, base <- events <- workflow/nodes <- run/history <- context/trace <- contract, so that each can be read and tested without the ones above it.',
  severity: 'error',
  from: { path: `^src-shared/(${group.join('|')})/` },
  to: {
    path: `^src-shared/(${sharedGroups
      .slice(index + 1)
      .flat()
      .join('|')})/`,
  },
}));

/** Everything outside shared that shared may use, by folder. */
const sharedLibraries = { anywhere: 'zod', contract: '@orpc/(contract|client)', workflow: '@marcbachmann/cel-js', code: 'yaml' };

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea in two places: nobody can read, test or move either alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that resolves to nothing hides from every other rule here.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^virtual:', '^electron$', '\\?(worker|url|raw|inline)', '\\.css$'] },
    },
    {
      name: 'shared-imports-only-zod',
      comment:
        'Shared is what both sides agree on: pure, so that the window, the host and a replay in ten years compute the same. Only zod, the contract builder in contract/ and CEL in workflow/ are let in.',
      severity: 'error',
      from: { path: '^src-shared/(?!contract/|workflow/)', pathNot: testFile },
      to: { pathNot: ['^src-shared/', `^node_modules/${sharedLibraries.anywhere}/`] },
    },
    {
      name: 'shared-contract-imports-only-orpc',
      comment:
        'The contract and its client library run on both sides: besides shared and zod they may use the contract builder and the RPC client, never a server.',
      severity: 'error',
      from: { path: '^src-shared/contract/', pathNot: testFile },
      to: { pathNot: ['^src-shared/', `^node_modules/(${sharedLibraries.anywhere}|${sharedLibraries.contract})/`] },
    },
    {
      name: 'shared-workflow-imports-only-cel',
      comment:
        'Conditions and templates are CEL, interpreted by one library in one folder; nothing else but YAML in code/ may find its way into the document.',
      severity: 'error',
      from: { path: '^src-shared/workflow/', pathNot: testFile },
      to: {
        pathNot: ['^src-shared/', `^node_modules/(${sharedLibraries.anywhere}|${sharedLibraries.workflow}|${sharedLibraries.code})/`],
      },
    },
    {
      name: 'only-shared-code-reads-yaml',
      comment: 'YAML is one way to write a workflow down: one folder knows it, and everything else knows the document.',
      severity: 'error',
      from: { path: '^src-shared/', pathNot: ['^src-shared/workflow/code/', testFile] },
      to: { path: `^node_modules/${sharedLibraries.code}/` },
    },
    ...sharedPointsDown,
    {
      name: 'main-never-imports-renderer',
      comment: 'The host runs without a window (serve, command line, tests). What both need belongs in shared.',
      severity: 'error',
      from: { path: '^src-main/' },
      to: { path: '^src-renderer/' },
    },
    {
      name: 'renderer-never-imports-main',
      comment: 'The window reaches the machine only through the contract; an import would carry secrets and files into a page.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: '^src-main/' },
    },
    {
      name: 'renderer-never-imports-node',
      comment: 'The same page runs sandboxed in Electron and in a browser: there is no Node in either.',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: testFile },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-only-in-shell',
      comment:
        'The host must start where Electron is absent, and requiring it without its binary starts a download. Only the shell may name it.',
      severity: 'error',
      from: { pathNot: '^src-main/shell/' },
      to: { path: '(^|/)electron(/|$)', pathNot: '^(src-|scripts/|tests/|e2e/)' },
    },
    {
      name: 'only-host-names-adapters',
      comment:
        'Which journal, provider, tool set or sandbox is used is decided once, in the composition root (and the command line, which starts it). Everyone else, api/ included, sees ports.',
      severity: 'error',
      from: { path: '^src-main/([^/]+)/', pathNot: ['^src-main/(host|cli)/', testFile] },
      to: { path: `^src-main/${adapterAreas}/`, pathNot: ['^src-main/$1/', ...ports] },
    },
    {
      name: 'runtime-knows-only-ports',
      comment:
        'The loop must run on any store, model, tool and sandbox, simulated ones included; so it and the executors know ports and each other, nothing that serves or starts them.',
      severity: 'error',
      from: { path: '^src-main/(runtime|executors)/', pathNot: testFile },
      to: { path: '^src-main/', pathNot: ['^src-main/(runtime|executors)/', ...ports] },
    },
    {
      name: 'host-is-the-top',
      comment:
        'The composition root connects everything and so depends on everything; a file that imports it back can no longer be connected otherwise.',
      severity: 'error',
      from: { path: '^src-main/', pathNot: ['^src-main/(host|cli|shell)/', testFile] },
      to: { path: '^src-main/(host|cli|shell)/' },
    },
    {
      name: 'features-are-islands',
      comment: 'A panel can be read, changed or deleted alone. What two features share goes to state/, ui/ or canvas/.',
      severity: 'error',
      from: { path: '^src-renderer/features/([^/]+)/' },
      to: { path: '^src-renderer/features/', pathNot: '^src-renderer/features/$1/' },
    },
    {
      name: 'ui-has-no-state-of-ours',
      comment: 'The design system shows what it is given; a part that reads a store cannot be reused or looked at alone.',
      severity: 'error',
      from: { path: '^src-renderer/ui/' },
      to: { path: '^src-renderer/(state|features|app)/' },
    },
    {
      name: 'state-knows-no-panel',
      comment: 'Stores are read by panels, not the other way round.',
      severity: 'error',
      from: { path: '^src-renderer/state/' },
      to: { path: '^src-renderer/(features|app)/' },
    },
    {
      name: 'canvas-has-no-react',
      comment: 'Heavy drawing is plain functions on a canvas: React would reconcile what has to be painted 60 times a second.',
      severity: 'error',
      from: { path: '^src-renderer/canvas/' },
      to: { path: ['^node_modules/(@types/)?(react|react-dom|@xyflow|zustand)/', '^src-renderer/(ui|features|state|app)/'] },
    },
    {
      name: 'product-never-imports-tests',
      comment: 'What ships must not depend on what checks it.',
      severity: 'error',
      from: { pathNot: ['^(tests|e2e)/', '^[^/]+$', '^scripts/(bench|simulate|mutate|record-histories)\\.ts$', testFile] },
      to: { path: ['^(tests|e2e)/', testFile] },
    },
    {
      name: 'product-never-imports-dev-packages',
      comment: 'A package from devDependencies is not there when the product is installed or packed.',
      severity: 'error',
      from: { path: '^src-(main|renderer|shared)/', pathNot: [testFile, '^src-main/shell/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    exclude: { path: ['^dist/', '^tests/bench/peers/', '^node_modules/\\.vite'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
};
