import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { createBenchRuns, runToEnd, withJournal } from './bench-runs.ts';
import { toAgentTeam } from './documents.ts';
import { withLoopbackModel } from './loopback-model.ts';
import { type Measured, toMedians } from './run-contest.ts';

const calls = 300;
const warmUpCalls = 50;
const goal = 3;

/** As large as the write-ahead log grows before it is written over from its beginning, which is how it is used from then on. */
const rawFileBytes = 1000 * 4096;

/** From the last byte of a tool call's arguments at the provider to the first line of the tool, with the intent on disk, beside a bare 4 KiB write and fdatasync. */
export const bench: Bench = {
  name: 'tool-intent',
  about: 'provider asks for a tool call -> tool entered, its intent on disk',
  async run(report) {
    const turns = warmUpCalls + calls + 1;
    await withLoopbackModel({ delayMs: 0, turns }, async ({ models }) => {
      await withJournal(async (store, folder) => {
        const raw = openRawFile(join(folder, 'raw'));
        const measured: Measured[] = [];
        const runs = createBenchRuns(store, {
          models,
          tool: (args) => {
            measured.push({ ours: (Number(process.hrtime.bigint()) - Number(args.sentNs)) / 1e6, peer: raw.timeWrite() });
            return 'seen';
          },
        });
        await runToEnd(runs, toAgentTeam('loopback/model-a', 1, turns));
        await runs.close();
        raw.close();
        const times = toMedians(measured.slice(warmUpCalls));
        report({
          bench: 'tool-intent',
          metric: 'msToTool',
          ...times,
          peerName: 'raw fdatasync of 4 KiB',
          goal: `<= ${goal}`,
          holds: times.ratio <= goal,
        });
      });
    });
  },
};

/** A file of full size in which blocks are written over one after the other. */
function openRawFile(path: string): { timeWrite(): number; close(): void } {
  const block = Buffer.alloc(4096, 7);
  const file = openSync(path, 'w+');
  writeSync(file, Buffer.alloc(rawFileBytes));
  fdatasyncSync(file);
  let at = 0;
  return {
    timeWrite() {
      const begin = performance.now();
      writeSync(file, block, 0, block.length, at);
      fdatasyncSync(file);
      at = (at + block.length) % rawFileBytes;
      return performance.now() - begin;
    },
    close: () => closeSync(file),
  };
}
