import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildWhenStale } from '../../scripts/lib/build-when-stale.mjs';
import { inProject } from '../../scripts/lib/project.mjs';
import type { Bench } from './bench.ts';
import { fillJournal } from './full-journal.ts';
import { toMedians } from './run-contest.ts';

const events = 100_000;
const pairs = 15;
const goal = 4.5;

/** From the start of the host's process until it serves a workspace with a full journal, beside an empty Node. */
export const bench: Bench = {
  name: 'start',
  about: `host ready with ${events.toLocaleString('en')} events in its journal`,
  async run(report) {
    await buildWhenStale(process.execPath, ['main']);
    mkdirSync('.cache', { recursive: true });
    const folder = mkdtempSync(join('.cache', 'bench-start-'));
    try {
      const workspace = join(folder, 'workspace');
      await fillJournal(workspace, events);
      const once = async () => ({ ours: await timeHost(workspace, join(folder, 'home')), peer: await timeEmptyNode() });
      // The first starts fill Node's compile cache and the disk's, as those of a day's first use do.
      await once();
      await once();
      const measured = [];
      for (let pair = 0; pair < pairs; pair += 1) measured.push(await once());
      const { ours, peer, ratio } = toMedians(measured);
      report({ bench: 'start', metric: 'msToReady', ours, peer, peerName: 'node -e 0', ratio, goal: `<= ${goal}`, holds: ratio <= goal });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function timeHost(workspace: string, home: string): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, [inProject('dist/main/host.js'), '--workspace', workspace], {
    env: { ...process.env, HEDDLE_HOME: home, HEDDLE_READY_JSON: '1' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('The host has no standard output');
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(([code]) => Promise.reject(new Error(`The host ended with ${code}`))),
  ])) as [string];
  const ms = performance.now() - begin;
  if ((JSON.parse(line) as { type?: unknown }).type !== 'ready') throw new Error(`The host said ${line}`);
  child.kill('SIGTERM');
  await exited;
  return ms;
}

async function timeEmptyNode(): Promise<number> {
  const begin = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - begin;
}
