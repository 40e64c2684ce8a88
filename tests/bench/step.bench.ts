import { type Bench, loadPeer } from './bench.ts';
import { withFolder } from './bench-runs.ts';
import { toToolChain } from './documents.ts';
import { alternate, timeRun, toMedians } from './run-contest.ts';

const steps = 100;
const pairs = 7;
const langGraphGoal = 0.7;
const restateGoal = 0.35;

interface LangGraph {
  timeChain(steps: number): Promise<number>;
}

interface RestatePeer {
  startRestate(folder: string): Promise<{ timeChain(steps: number): Promise<number>; close(): Promise<void> }>;
}

/** A durable step: a chain of 100 nodes, every step on disk before the run is called done, beside LangGraph with its SQLite saver and beside Restate. */
export const bench: Bench = {
  name: 'step',
  about: `one step of a ${steps}-step chain, journalled with fsync`,
  needsPeers: true,
  async run(report) {
    const document = toToolChain(steps);
    const ours = async () => (await timeRun(document, { tool: () => 'seen' })).ms / steps;

    const { timeChain } = await loadPeer<LangGraph>('langgraph');
    const beside = toMedians(await alternate(pairs, ours, async () => (await timeChain(steps)) / steps));
    report({
      bench: 'step',
      metric: 'msPerStep',
      ...beside,
      peerName: 'LangGraph with SqliteSaver, no fsync',
      goal: `<= ${langGraphGoal}`,
      holds: beside.ratio <= langGraphGoal,
    });

    const { startRestate } = await loadPeer<RestatePeer>('restate');
    await withFolder(async (folder) => {
      const restate = await startRestate(folder);
      try {
        // The first invocations pay for the partitions that Restate opens on demand.
        await restate.timeChain(steps);
        const against = toMedians(await alternate(pairs, ours, async () => (await restate.timeChain(steps)) / steps));
        report({
          bench: 'step',
          metric: 'msPerStep',
          ...against,
          peerName: 'Restate, one node (it can replicate, we cannot)',
          goal: `<= ${restateGoal}`,
          holds: against.ratio <= restateGoal,
        });
      } finally {
        await restate.close();
      }
    });
  },
};
