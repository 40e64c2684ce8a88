import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildFaultShim, faultShimProblem } from '../support/fault-shim/build-fault-shim.ts';
import type { TrialsReport } from './disk/disk-faults.main.ts';
import { workloads } from './disk/workloads.ts';

/** Trials in all, and the seed of what is left to chance: `HEDDLE_DISK_TRIALS=10000 npm test -- crash` for a release. */
const trials = Number(process.env.HEDDLE_DISK_TRIALS ?? 1_000);
const seed = Number(process.env.HEDDLE_DISK_SEED ?? 20_261_120);
/** How the trials are shared out. One of the checkpoints writes 4,000 times and costs as much as ten of the others. */
const weights = [0.36, 0.3, 0.3, 0.04];
const processes = 2;

// In memory where there is such a place: the shim decides what is lost, the device behind the file system has no say in it.
const base = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'heddle-faults-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (faultShimProblem !== null) process.stderr.write(`SKIPPED: faults at every write of the journal are not tried: ${faultShimProblem}.\n`);

describe.skipIf(faultShimProblem !== null)(
  'a journal whose writer is killed, cut off from power, or let down by its disk at any write',
  () => {
    it.each(workloads.map(({ name }, index) => [name, index] as const))(
      'keeps its promises: %s',
      async (name, index) => {
        const shim = buildFaultShim(base);
        const startedAtMs = performance.now();
        const wanted = Math.ceil(trials * (weights[index] ?? 0));
        const shares = await Promise.all(
          Array.from({ length: processes }, (_, share) => runTrials(shim, [index, wanted, seed, share, processes])),
        );
        const sum = (toNumber: (report: TrialsReport) => number): number => shares.reduce((total, report) => total + toNumber(report), 0);
        const kinds = ['killBefore', 'killAfter', 'torn', 'power', 'ioError', 'full'];
        const counts = kinds.map((kind) => `${kind} ${sum(({ byKind }) => byKind[kind] ?? 0)}`).join(', ');
        const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
        process.stdout.write(
          `${name}: ${sum((report) => report.trials)} trials over ${shares[0]?.calls} disk calls in ${seconds} s (${counts}; ` +
            `${sum(({ acknowledged }) => acknowledged)} acknowledged events, ${sum(({ fatal }) => fatal)} writers ended by an I/O error, seed ${seed})\n`,
        );
        expect(shares.flatMap(({ problems }) => problems)).toEqual([]);
        expect(sum((report) => report.trials)).toBe(wanted);
        // A shim that strikes nothing would pass everything above.
        for (const kind of kinds)
          expect
            .soft(
              sum(({ byKind }) => byKind[kind] ?? 0),
              kind,
            )
            .toBeGreaterThan(0);
        expect(sum(({ fatal }) => fatal)).toBeGreaterThan(0);
        expect(sum(({ acknowledged }) => acknowledged)).toBeGreaterThan(wanted);
      },
      60_000 + trials * 200,
    );
  },
);

function runTrials({ flags, env }: ReturnType<typeof buildFaultShim>, args: readonly number[]): Promise<TrialsReport> {
  const program = join(import.meta.dirname, 'disk', 'disk-faults.main.ts');
  const child = spawn(process.execPath, [...flags, program, base, ...args.map(String)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      if (exitCode === 0) resolve(JSON.parse(stdout) as TrialsReport);
      else reject(new Error(`The trials ended with ${exitCode}: ${stderr}${stdout}`));
    });
  });
}
