import { besideAllowance } from './allowance.ts';
import type { Bench } from './bench.ts';
import { runProgram } from './program.ts';

const runCount = 20_000;
const allowedBytes = 512;

/** A host that has run 20,000 small runs: what each leaves in its memory. */
export const bench: Bench = {
  name: 'soak',
  about: `heap growth over ${runCount.toLocaleString('en')} small runs`,
  async run(report) {
    const { bytesPerRun } = await runProgram<{ bytesPerRun: number }>('soak', String(runCount));
    report(besideAllowance('soak', 'heap bytes per run', bytesPerRun, allowedBytes));
  },
};
