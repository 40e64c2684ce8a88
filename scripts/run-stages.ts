/** Runs the stages that are named (all when none is), each to its end, then prints what each counted and the sum as the last line. */
import { parseArgs, styleText } from 'node:util';
import { buildWhenStale } from './lib/build-when-stale.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { refuse } from './lib/project.mjs';
import { addCounts, type Counts, noCounts, summaryLine, summaryTable } from './lib/stage-counts.ts';
import { fastStages, type Stage, stages } from './lib/stages.ts';

const help = `npm test -- [stage …]      all stages, or the named ones:
  ${stages.map((stage) => stage.name).join(', ')}
npm run check              the fast ones: ${fastStages.join(', ')}`;

const selected = selectStages();
if (selected.some((stage) => stage.needsChromium)) process.env.HEDDLE_CHROMIUM = ensureChromium();
if (selected.some((stage) => stage.needsBuild) && !selected.some((stage) => stage.name === 'build')) await buildWhenStale(process.execPath);

let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isInterrupted = true;
  });
}

const startedAtMs = performance.now();
const rows: { name: string; seconds: number; counts: Counts }[] = [];
for (const group of toGroups(selected)) {
  rows.push(...(await Promise.all(group.map(runStage))));
  if (isInterrupted) break;
}

const total = rows.reduce((sum, row) => addCounts(sum, row.counts), noCounts);
console.log(`\n${summaryTable(rows)}\n`);
if (rows.length < selected.length) console.log(`Interrupted before ${selected[rows.length]?.name}.`);
console.log(`${selected.length} stages in ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`);
console.log(summaryLine(total));
process.exitCode = total.failed > 0 || rows.length < selected.length ? 1 : 0;

async function runStage(stage: Stage): Promise<(typeof rows)[number]> {
  console.log(`\n${styleText('bold', `── ${stage.name}`)} ${stage.about}`);
  const stageStartedAtMs = performance.now();
  const counts = await stage.run();
  return { name: stage.name, seconds: (performance.now() - stageStartedAtMs) / 1000, counts };
}

/** Checks that follow each other run side by side, everything else alone. */
function toGroups(chosen: readonly Stage[]): Stage[][] {
  const groups: Stage[][] = [];
  for (const stage of chosen) {
    const last = groups.at(-1);
    if (stage.isCheck === true && last?.[0]?.isCheck === true) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

function selectStages(): readonly Stage[] {
  const { values, positionals } = readArguments();
  if (values.help === true) {
    console.log(help);
    process.exit(0);
  }
  const names = values.fast === true ? fastStages : positionals;
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) refuse(`there is no stage named "${unknown}".\n${help}`, 2);
  return names.length === 0 ? stages : stages.filter((stage) => names.includes(stage.name));
}

function readArguments() {
  try {
    return parseArgs({ options: { fast: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, allowPositionals: true });
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n${help}`, 2);
  }
}
