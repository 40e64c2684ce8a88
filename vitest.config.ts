import { defineConfig } from 'vitest/config';

/** Kills and restarts take real processes; everything else runs on simulated time. */
const crashTimeoutMs = 180_000;

/** Tests beside their files that go round more often when there is time, see `tests/support/rounds.ts`. */
const thoroughTests = [
  'src-main/editing/histories.property.test.ts',
  'src-main/event-store/sqlite-upkeep.test.ts',
  'src-main/runtime/lanes/lanes-against-model.test.ts',
  'src-main/runtime/replay-run.test.ts',
  'src-main/runtime/snapshot-parts.test.ts',
  'src-main/runtime/snapshots.test.ts',
  'src-shared/workflow/expression.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    environment: 'node',
    // Two cores: more workers than that only wait for each other.
    maxWorkers: 2,
    testTimeout: 15_000,
    restoreMocks: true,
    // Ample for a machine that has other things to do: what never comes is a failure, what comes late is not.
    expect: { poll: { timeout: 10_000 } },
    exclude: ['**/node_modules/**', 'dist/**'],
    coverage: { provider: 'v8', reportsDirectory: 'coverage', include: ['src-*/**/*.{ts,tsx}'], exclude: ['**/*.test.*'] },
    // Every run that a test makes is replayed when the test is over.
    setupFiles: ['tests/support/replay-corpus.setup.ts'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['src-*/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'fault',
          include: ['tests/fault/**/*.test.ts', ...thoroughTests],
          env: { HEDDLE_ROUNDS: 'many' },
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      { extends: true, test: { name: 'contract', include: ['tests/contract/**/*.test.ts'], testTimeout: 30_000 } },
      { extends: true, test: { name: 'simulation', include: ['tests/simulation/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: 'architecture', include: ['tests/architecture/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['tests/crash/**/*.test.ts'],
          testTimeout: crashTimeoutMs,
          hookTimeout: crashTimeoutMs,
          fileParallelism: false,
        },
      },
    ],
  },
});
