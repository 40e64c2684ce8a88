import { createMemoryEventStore } from '#main/event-store/memory-event-store.ts';
import { type Bench, loadPeer } from './bench.ts';
import { createBenchRuns, runToEnd } from './bench-runs.ts';
import { toComputingChain } from './documents.ts';
import { alternate, toMedians } from './run-contest.ts';

const steps = 100;
/** One run of a chain takes a few milliseconds: ten in a row are more than a hiccup of the machine. */
const runsPerTurn = 10;
const pairs = 15;

interface LangGraph {
  timeChainInMemory(steps: number): Promise<number>;
}

interface Mastra {
  timeChain(steps: number): Promise<number>;
}

/** A step that only memory keeps, with all that a journalled step has but the disk, beside peers that keep nothing. */
export const bench: Bench = {
  name: 'step-memory',
  about: `one step of a ${steps}-step chain over a journal in memory`,
  needsPeers: true,
  async run(report) {
    const { timeChainInMemory } = await loadPeer<LangGraph>('langgraph');
    const { timeChain } = await loadPeer<Mastra>('mastra');
    const document = toComputingChain(steps);
    const perStep = async (once: () => Promise<number>) => {
      let ms = 0;
      for (let run = 0; run < runsPerTurn; run += 1) ms += await once();
      return ms / runsPerTurn / steps;
    };
    const ours = () =>
      perStep(async () => {
        const runs = createBenchRuns(createMemoryEventStore(), {});
        const begin = performance.now();
        await runToEnd(runs, document);
        return performance.now() - begin;
      });
    const contests = [
      { peerName: 'LangGraph without checkpointer', peer: () => timeChainInMemory(steps), goal: 0.06 },
      { peerName: 'Mastra without storage', peer: () => timeChain(steps), goal: 0.4 },
    ];
    for (const { peerName, peer, goal } of contests) {
      const beside = toMedians(await alternate(pairs, ours, () => perStep(peer)));
      report({ bench: 'step-memory', metric: 'msPerStep', ...beside, peerName, goal: `<= ${goal}`, holds: beside.ratio <= goal });
    }
  },
};
