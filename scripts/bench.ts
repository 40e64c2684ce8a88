/** Runs the benches of tests/bench that are named (all when none is): a readable table, or with --json one line of JSON a measure. */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench, BenchLine } from '../tests/bench/bench.ts';
import { ensurePeers } from './lib/bench-peers.ts';
import { inProject, refuse } from './lib/project.mjs';

const suffix = '.bench.ts';
const { isJson, names } = readArguments();
const available = readdirSync(inProject('tests/bench'))
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort();
const unknown = names.find((name) => !available.includes(name));
if (unknown !== undefined) refuse(`there is no bench named "${unknown}"; there are: ${available.join(', ') || 'none yet'}.`, 2);

let missed = 0;
if (names.length === 0) console.error(`Benches: ${available.join(', ') || 'none yet'}`);
if (!isJson) console.log(tableRow(['bench', 'metric', 'ours', 'peer', 'ratio', 'goal', 'holds']));
for (const name of names.length === 0 ? available : names) await runBench(name);
// A miss is a finding, not a failure of the measurement: the exit code stays 0 and the line says it.
if (!isJson && missed > 0) console.log(`\n${missed} ${missed === 1 ? 'goal is' : 'goals are'} missed.`);

async function runBench(name: string): Promise<void> {
  const { bench } = (await import(inProject('tests/bench', name + suffix))) as { bench: Bench };
  if (bench.needsPeers === true) ensurePeers();
  if (!isJson) console.error([bench.name, bench.about].filter(Boolean).join(': '));
  await bench.run((line) => {
    if (!line.holds) missed += 1;
    console.log(isJson ? JSON.stringify(line) : toRow(line));
  });
}

function toRow({ bench, metric, ours, peer, peerName, ratio, goal, holds }: BenchLine): string {
  return tableRow([bench, metric, figure(ours), `${figure(peer)} ${peerName}`, figure(ratio), goal, holds ? 'yes' : 'NO']);
}

function tableRow(cells: readonly string[]): string {
  const widths = [16, 24, 12, 36, 10, 10, 6];
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(' ')
    .trimEnd();
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

function readArguments(): { readonly isJson: boolean; readonly names: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
    return { isJson: values.json === true, names: positionals };
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)} Use: npm run -s bench -- [name …] [--json]`, 2);
  }
}
