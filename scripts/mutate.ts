/**
 * Plants one small mistake after the other into planner and reducer. The unit tests beside them look first, because they are quick; what they
 * let pass is simulated until a seed breaks a promise. Prints the mistakes that nobody noticed, and the share of those that were.
 * The files on disk are never touched.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createRandom } from '../tests/support/random.ts';
import { listMutants, type Mutant } from './lib/mutants.ts';
import { inProject, projectRoot } from './lib/project.mjs';

const files = [
  'src-shared/run/plan-next.ts',
  'src-shared/run/compensations.ts',
  'src-shared/run/deliveries.ts',
  'src-shared/run/change-graph.ts',
  'src-shared/run/reduce-run.ts',
  'src-shared/run/reduce-nodes.ts',
  'src-shared/run/reduce-calls.ts',
  'src-shared/run/reduce-questions.ts',
];
/** A mistake that turns a loop into an endless one is noticed by taking so many times as long as without it, and never less than a minute. */
const patience = 10;
const goal = 0.75;

const { values } = parseArgs({
  options: {
    /** Only so many mistakes, chosen by chance. */
    sample: { type: 'string' },
    /** Which ones are chosen. */
    seed: { type: 'string', default: '1' },
    /** How many seeds are simulated on a mistake that the unit tests let pass; 0 for none. */
    seeds: { type: 'string', default: '40' },
    file: { type: 'string' },
  },
});
const folder = inProject('test-results', 'mutants');
mkdirSync(folder, { recursive: true });

const judges = {
  'unit tests': noticedByUnitTests,
  ...(values.seeds === '0' ? {} : { simulation: noticedBySimulation }),
};
type Judge = keyof typeof judges;

const mutants = choose(
  files
    .filter((file) => values.file === undefined || file.includes(values.file))
    .flatMap((file) => listMutants(file, readFileSync(inProject(file), 'utf8'))),
);
let survivors = 0;
let longestMs = 60 * 60_000;
const startedAtMs = performance.now();
const noticed: Record<string, number> = {};
const soundness = await Promise.all(
  Object.entries(judges).map(async ([name, notices]) => ((await notices(undefined, 'none')) ? name : '')),
);
longestMs = Math.max(60_000, patience * (performance.now() - startedAtMs));
const unsound = soundness.filter((name) => name !== '');
if (unsound.length > 0) {
  console.error(`Without any mistake planted this complains already: ${unsound.join(', ')}. Mend that first.`);
  process.exitCode = 1;
} else {
  console.log(`${mutants.length} mistakes; the unit tests first, then up to ${values.seeds} seeds each.`);
  const left = mutants.entries();
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, () => judgeAll(left)));
  const score = 1 - survivors / Math.max(1, mutants.length);
  const shares = Object.entries(noticed).map(([name, count]) => `${count} by the ${name}`);
  console.log(
    `${mutants.length - survivors} of ${mutants.length} noticed: ${(score * 100).toFixed(1)} % (goal ${goal * 100} %), ${shares.join(', ')}`,
  );
  process.exitCode = score >= goal ? 0 : 1;
}

/** Works on what is left until nothing is: several share one iterator. */
async function judgeAll(left: IterableIterator<[number, Mutant]>): Promise<void> {
  for (const [index, mutant] of left) {
    const judge = await findJudge(mutant, String(index));
    if (judge !== undefined) noticed[judge] = (noticed[judge] ?? 0) + 1;
    else {
      survivors += 1;
      console.log(`not noticed: ${mutant.file}:${mutant.line} ${mutant.words}`);
    }
  }
}

async function findJudge(mutant: Mutant, name: string): Promise<Judge | undefined> {
  writeFileSync(toTextFile(name), mutant.text);
  for (const [judge, notices] of Object.entries(judges)) if (await notices(mutant, name)) return judge as Judge;
  return undefined;
}

function noticedByUnitTests(mutant: Mutant | undefined, name: string): Promise<boolean> {
  const planted = mutant === undefined ? {} : { HEDDLE_MUTANT_FILE: inProject(mutant.file), HEDDLE_MUTANT_TEXT: toTextFile(name) };
  return fails([inProject('node_modules/vitest/vitest.mjs'), 'run', '--config', 'tests/simulation/mutant-unit.config.ts'], planted);
}

function noticedBySimulation(mutant: Mutant | undefined, name: string): Promise<boolean> {
  const planted = mutant === undefined ? ['', ''] : [inProject(mutant.file), toTextFile(name)];
  return fails([inProject('tests/simulation/mutant-simulation.main.ts'), values.seeds, ...planted]);
}

function fails(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: 'ignore',
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code !== 0)));
}

function toTextFile(name: string): string {
  return `${folder}/${name}.ts`;
}

/** All, or the sample that was asked for: the same for the same seed and the same files. */
function choose(all: readonly Mutant[]): readonly Mutant[] {
  if (values.sample === undefined) return all;
  const random = createRandom(Number(values.seed));
  return all
    .map((mutant) => ({ mutant, draw: random() }))
    .sort((a, b) => a.draw - b.draw)
    .slice(0, Number(values.sample))
    .map(({ mutant }) => mutant);
}
