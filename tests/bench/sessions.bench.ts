import { createMemoryEventStore } from '#main/event-store/memory-event-store.ts';
import { besideAllowance } from './allowance.ts';
import { type Bench, loadPeer } from './bench.ts';
import { createBenchRuns, runManyToEnd } from './bench-runs.ts';
import { toComputingChain } from './documents.ts';
import { runProgram } from './program.ts';
import { alternate, toMedians } from './run-contest.ts';

const sessions = 1000;
const steps = 10;
const pairs = 7;
const rateGoal = 15;
const allowedBytes = 32 * 1024;

interface Peer {
  timeSessionsInMemory(sessions: number, steps: number): Promise<number>;
}

/** A thousand sessions at once: their steps beside those of LangGraph, both in memory, and what an idle one costs. */
export const bench: Bench = {
  name: 'sessions',
  about: `${sessions} concurrent sessions of ${steps} steps`,
  needsPeers: true,
  async run(report) {
    const { timeSessionsInMemory } = await loadPeer<Peer>('langgraph');
    const document = toComputingChain(steps);
    const toRate = (ms: number) => ((sessions * steps) / ms) * 1000;
    const ours = async () => {
      const runs = createBenchRuns(createMemoryEventStore(), {});
      const begin = performance.now();
      await runManyToEnd(runs, document, sessions);
      return toRate(performance.now() - begin);
    };
    const rates = toMedians(await alternate(pairs, ours, async () => toRate(await timeSessionsInMemory(sessions, steps))));
    report({
      bench: 'sessions',
      metric: 'steps per second',
      ...rates,
      peerName: 'LangGraph without checkpointer',
      goal: `>= ${rateGoal}`,
      holds: rates.ratio >= rateGoal,
    });

    const { bytesPerSession } = await runProgram<{ bytesPerSession: number }>('idle-sessions', String(sessions), String(steps));
    report(besideAllowance('sessions', 'heap bytes per idle session', bytesPerSession, allowedBytes));
  },
};
