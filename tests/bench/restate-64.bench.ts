import { type Bench, loadPeer } from './bench.ts';
import { createBenchRuns, runManyToEnd, withFolder, withJournal } from './bench-runs.ts';
import { toToolChain } from './documents.ts';
import { alternate, toMedians } from './run-contest.ts';

const workflows = 64;
const steps = 50;
const pairs = 7;
const goal = 10;

interface RestatePeer {
  startRestate(folder: string): Promise<{ timeChains(count: number, steps: number): Promise<number>; close(): Promise<void> }>;
}

/** 64 durable workflows side by side, every step on disk, beside the same in Restate. */
export const bench: Bench = {
  name: 'restate-64',
  about: `${workflows} durable workflows of ${steps} steps side by side`,
  needsPeers: true,
  async run(report) {
    const { startRestate } = await loadPeer<RestatePeer>('restate');
    const document = toToolChain(steps);
    const toRate = (ms: number) => ((workflows * steps) / ms) * 1000;
    const ours = () =>
      withJournal(async (store) => {
        const runs = createBenchRuns(store, { tool: () => 'seen' });
        const begin = performance.now();
        await runManyToEnd(runs, document, workflows);
        return toRate(performance.now() - begin);
      });
    await withFolder(async (folder) => {
      const restate = await startRestate(folder);
      try {
        // The first invocations pay for the partitions that Restate opens on demand.
        await restate.timeChains(workflows, steps);
        const rates = toMedians(await alternate(pairs, ours, async () => toRate(await restate.timeChains(workflows, steps))));
        report({
          bench: 'restate-64',
          metric: 'steps per second, fsynced',
          ...rates,
          peerName: 'Restate, one node (it can replicate, we cannot)',
          goal: `>= ${goal}`,
          holds: rates.ratio >= goal,
        });
      } finally {
        await restate.close();
      }
    });
  },
};
