/** The unit tests beside planner and reducer, with one source file replaced by another text. Used by `scripts/mutate.ts`. */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { HEDDLE_MUTANT_FILE: file, HEDDLE_MUTANT_TEXT: text = '' } = process.env;

// biome-ignore lint/style/noDefaultExport: this is how Vitest reads it.
export default defineConfig({
  root: '.',
  plugins: [{ name: 'planted-mistake', enforce: 'pre', load: (id) => (id === file ? readFileSync(text, 'utf8') : undefined) }],
  test: {
    include: ['src-shared/run/**/*.test.ts'],
    bail: 1,
    // It finds modules by their text on disk, where the mistake is not.
    fsModuleCache: false,
    // Nothing here keeps anything between two files, and starting a worker for each takes longer than all the tests.
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
  },
});
