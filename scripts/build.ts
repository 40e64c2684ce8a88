/** Builds what is stale into dist: `node scripts/build.ts [main] [renderer] [--force]`. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { withBuildLock } from './lib/build-lock.ts';
import { allHalves, type Half, sourceHash, staleHalves, writeStamp } from './lib/build-stamp.mjs';
import { nodeBuilds } from './lib/programs.mjs';
import { inProject, refuse } from './lib/project.mjs';

const { values, positionals } = parseArgs({ options: { force: { type: 'boolean', default: false } }, allowPositionals: true });
const unknown = positionals.find((name) => !allHalves.some((half) => half === name));
if (unknown !== undefined) refuse(`there is no half of the build named "${unknown}"; there are ${allHalves.join(' and ')}.`, 2);
const wanted = positionals.length === 0 ? allHalves : allHalves.filter((half) => positionals.includes(half));

await withBuildLock(async () => {
  const due = values.force ? wanted : staleHalves(wanted);
  for (const half of due) await buildHalf(half);
  if (due.length === 0) console.log('Nothing to build: dist has the current sources.');
}).catch(stop);

async function buildHalf(half: Half): Promise<void> {
  const startedAtMs = performance.now();
  // Taken before the build: an edit during it makes the result stale, not wrongly fresh.
  const hash = sourceHash(half);
  await (half === 'main' ? buildPrograms() : buildWindow());
  writeStamp(half, hash);
  console.log(`Built ${half} in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s.`);
}

function stop(failure: unknown): never {
  // Bundler errors tell file and line in their message; the stack is the bundler's own.
  console.error(failure instanceof Error ? failure.message : failure);
  process.exit(1);
}

async function buildPrograms(): Promise<void> {
  rmSync(inProject('dist/main'), { recursive: true, force: true });
  for (const mode of Object.keys(nodeBuilds)) await buildMode(mode);
}

async function buildWindow(): Promise<void> {
  await buildMode('production');
}

function buildMode(mode: string): Promise<unknown> {
  return build({ configFile: inProject('vite.config.ts'), mode, logLevel: 'warn' });
}
