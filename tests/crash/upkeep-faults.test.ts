import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { buildFaultShim, faultShimProblem } from '../support/fault-shim/build-fault-shim.ts';
import type { UpkeepReport } from './disk/upkeep-faults.main.ts';

/** Trials of each, spread over all calls to the disk. */
const trials = 150;

const base = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'heddle-upkeep-faults-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (faultShimProblem !== null) process.stderr.write(`SKIPPED: deaths during packing and restoring are not tried: ${faultShimProblem}.\n`);

describe.skipIf(faultShimProblem !== null)('a journal whose host dies at any call to the disk', () => {
  it.each(['pack', 'restore'])('while it does %s is whole, in the old form or the new one', { timeout: 300_000 }, async (task) => {
    const { flags, env } = buildFaultShim(base);
    const program = spawn(
      process.execPath,
      [...flags, join(import.meta.dirname, 'disk', 'upkeep-faults.main.ts'), base, task, String(trials), '7'],
      {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [said, errors] = await Promise.all([text(program.stdout), text(program.stderr)]);
    if (said === '') throw new Error(`The trials did not end: ${errors}`);
    const report = JSON.parse(said) as UpkeepReport;
    process.stdout.write(
      `${task}: ${report.trials} deaths over ${report.calls} calls, ${report.before} before and ${report.after} after it was done\n`,
    );
    expect(report.problems).toEqual([]);
    expect(report.trials).toBe(trials);
    expect(report.before).toBeGreaterThan(0);
    expect(report.after).toBeGreaterThan(0);
  });
});
