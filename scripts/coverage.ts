/**
 * Runs the tests that are about the kernel (event store, planner, reducer, recovery, lanes) and lists the branches that they do not take.
 * Ends with 1 when there are more of them than there were. Nothing else of the program is measured: a figure over all of it would only hide these.
 */
import { run } from './lib/child.mjs';
import { inProject, projectRoot } from './lib/project.mjs';

/** Where a wrong branch loses an effect or a run. */
const kernel = [
  'src-main/event-store/*.ts',
  'src-main/runtime/lanes/*.ts',
  'src-main/runtime/{late-members,read-journal,recorded-calls,run-journal,run-loop,run-scope,snapshot-parts,snapshots,waiters}.ts',
  'src-shared/run/{change-graph,compensations,deliveries,node-states,plan-next,retry,run-graph}.ts',
  'src-shared/run/reduce-*.ts',
];

/** Per cent of the branches that are taken at least. The goal is 100: it only goes up. */
const leastBranches = 99.5;

const projects = ['unit', 'contract', 'fault', 'crash', 'simulation'];
const tests = [
  'src-main/event-store/',
  'src-main/runtime/',
  'src-shared/run/',
  'tests/contract/event-store.test.ts',
  'tests/crash/every-event.test.ts',
  'tests/fault/journal-damage.test.ts',
  'tests/fault/journal-disk.test.ts',
  'tests/fault/journal-wal-damage.test.ts',
  'tests/fault/bad-workspaces.test.ts',
  'tests/simulation/',
];

process.exitCode = await run(
  process.execPath,
  [
    inProject('node_modules/vitest/vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--coverage',
    ...kernel.map((files) => `--coverage.include=${files}`),
    '--coverage.reporter=text',
    '--coverage.reporter=json-summary',
    `--coverage.thresholds.branches=${leastBranches}`,
    '--coverage.reportOnFailure',
    // Counting makes the slowest tests several times slower.
    '--testTimeout=120000',
    ...tests,
    ...process.argv.slice(2),
  ],
  { cwd: projectRoot },
);
