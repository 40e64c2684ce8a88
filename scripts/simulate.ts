/** Simulates seeds one after the other, prints what they covered, and for each that breaks a promise the shrunk plan, its trace and the command that replays it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CampaignReport, simulatePlan, simulateSeed } from '../tests/simulation/campaign.ts';
import type { SimulationPlan } from '../tests/simulation/plan.ts';
import { findKnown } from '../tests/simulation/regressions.ts';
import { shrinkPlan } from '../tests/simulation/shrink.ts';
import { createTally } from '../tests/simulation/tally.ts';
import { inProject, refuse } from './lib/project.mjs';

const help = `npm run -s simulate -- [options]
  --seeds N      how many seeds (100)
  --from S       the first of them (1)
  --seed X       only this one
  --plan FILE    a plan that was saved, instead of seeds
  --verbose      print every step`;

const traceLines = 80;
const { seeds, from, planFile, isVerbose } = readArguments();
const tally = createTally();
const startedAtMs = performance.now();
let unknownBreaches = 0;

// A promise that nobody waits for is a bug of the engine, wherever it was made.
process.on('unhandledRejection', (thrown) => {
  console.error('Nobody heard of this rejection:', thrown);
  process.exit(1);
});

if (planFile !== undefined)
  await show(`--plan ${planFile}`, await simulatePlan(JSON.parse(readFileSync(planFile, 'utf8')) as SimulationPlan));
else for (let seed = from; seed < from + seeds; seed += 1) await show(`--seed ${seed} --verbose`, await simulateSeed(seed));

console.log(tally.toText((performance.now() - startedAtMs) / 1000));
console.log(unknownBreaches === 0 ? 'Every promise was kept.' : `${unknownBreaches} broke a promise.`);
process.exitCode = unknownBreaches === 0 ? 0 : 1;

async function show(replay: string, report: CampaignReport): Promise<void> {
  tally.add(report);
  const { breach, plan, results } = report;
  if (isVerbose) for (const { trace } of results) console.log(`${trace.join('\n')}\n`);
  if (breach === null) return;
  const known = findKnown(breach);
  if (known !== undefined) {
    tally.addKnown(known.words);
    if (!isVerbose) return;
  } else unknownBreaches += 1;
  console.log(`\nBREACH with seed ${plan.seed} (${plan.profile}): ${breach}\nreplay: npm run -s simulate -- ${replay}`);
  const shrunk = await shrinkPlan(plan, breach);
  const file = inProject('test-results', 'simulation', `${plan.seed}.json`);
  mkdirSync(inProject('test-results', 'simulation'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(shrunk, null, 2)}\n`);
  console.log(`shrunk: npm run -s simulate -- --plan ${file}`);
  const last = (await simulatePlan(shrunk)).results.at(-1);
  console.log((last?.trace ?? []).slice(-traceLines).join('\n'));
}

function readArguments(): {
  readonly seeds: number;
  readonly from: number;
  readonly planFile: string | undefined;
  readonly isVerbose: boolean;
} {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        from: { type: 'string', default: '1' },
        seed: { type: 'string' },
        plan: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) {
      console.log(help);
      process.exit(0);
    }
    const [seedCount, first] = values.seed === undefined ? [Number(values.seeds), Number(values.from)] : [1, Number(values.seed)];
    if (![seedCount, first].every((number) => Number.isInteger(number) && number >= 0))
      return refuse(`Seeds are whole numbers.\n${help}`, 2);
    return { seeds: seedCount, from: first, planFile: values.plan, isVerbose: values.verbose };
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n${help}`, 2);
  }
}
