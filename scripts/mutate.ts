/**
 * Plants one small mistake after the other into planner and reducer, and simulates seeds on each until one breaks a promise.
 * Prints the mistakes that nobody noticed, and the share of those that were. The files on disk are never touched.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { listMutants, type Mutant } from './lib/mutants.ts';
import { inProject, projectRoot } from './lib/project.mjs';

const files = [
  'src-shared/run/plan-next.ts',
  'src-shared/run/change-graph.ts',
  'src-shared/run/reduce-run.ts',
  'src-shared/run/reduce-nodes.ts',
  'src-shared/run/reduce-calls.ts',
  'src-shared/run/reduce-questions.ts',
];
/** A mistake that turns a loop into an endless one is noticed by this. */
const longestMs = 60_000;
const goal = 0.75;

const { values } = parseArgs({
  options: {
    /** Every n-th mistake only. */
    every: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '40' },
    file: { type: 'string' },
  },
});
const folder = inProject('test-results', 'mutants');
mkdirSync(folder, { recursive: true });
const mutants = files
  .filter((file) => values.file === undefined || file.includes(values.file))
  .flatMap((file) => listMutants(file, readFileSync(inProject(file), 'utf8')))
  .filter((_, index) => index % Number(values.every) === 0);
const survivors: Mutant[] = [];
let next = 0;
if (await survives(undefined, 'none')) {
  console.log(`${mutants.length} mistakes, up to ${values.seeds} seeds each.`);
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  for (const { file, line, words } of survivors) console.log(`not noticed: ${file}:${line} ${words}`);
  const score = 1 - survivors.length / Math.max(1, mutants.length);
  console.log(`${mutants.length - survivors.length} of ${mutants.length} noticed: ${(score * 100).toFixed(1)} % (goal ${goal * 100} %)`);
  process.exitCode = score >= goal ? 0 : 1;
} else {
  console.error('The simulation breaks a promise without any mistake planted: mend that first.');
  process.exitCode = 1;
}

async function work(): Promise<void> {
  for (let index = next++; index < mutants.length; index = next++) {
    const mutant = mutants[index];
    if (mutant !== undefined && (await survives(mutant, String(index)))) survivors.push(mutant);
  }
}

function survives(mutant: Mutant | undefined, name: string): Promise<boolean> {
  const textFile = `${folder}/${name}.ts`;
  if (mutant !== undefined) writeFileSync(textFile, mutant.text);
  const replacement = mutant === undefined ? ['', ''] : [inProject(mutant.file), textFile];
  const child = spawn(process.execPath, [inProject('tests/simulation/mutant.main.ts'), String(values.seeds), ...replacement], {
    cwd: projectRoot,
    stdio: 'ignore',
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code === 0)));
}
