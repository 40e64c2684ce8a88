import { besideAllowance } from './allowance.ts';
import type { Bench } from './bench.ts';
import { createBenchRuns, runToEnd, withJournal } from './bench-runs.ts';
import { toAgentTeam } from './documents.ts';
import { type CallTimes, withLoopbackModel } from './loopback-model.ts';
import { percentile } from './run-contest.ts';

const agents = 5;
const turns = 10;
const rounds = 4;
const providerMs = 1000;
const allowedMs = 30;

/**
 * Five agents at once on a provider that takes a second: what is added to it. A sample is the time from the start of a run, or from an answer,
 * to the arrival of the next request at the provider, tool call and journal between them; or from the last answer to the end of the run.
 */
export const bench: Bench = {
  name: 'five-agents',
  about: `${agents} agents of ${turns} turns on a provider that answers after ${providerMs / 1000} s`,
  async run(report) {
    await withLoopbackModel({ delayMs: providerMs, turns }, async ({ models, times }) => {
      await withJournal(async (store) => {
        const runs = createBenchRuns(store, { models, tool: () => 'seen' });
        const agent = async (name: string) => {
          const beginNs = Number(process.hrtime.bigint());
          await runToEnd(runs, toNamedAgent(name));
          return { name, beginNs, endNs: Number(process.hrtime.bigint()) };
        };
        // The first call of a host loads the provider's library.
        await agent('warm-up');
        const spans = [];
        for (let round = 1; round <= rounds; round += 1)
          spans.push(...(await Promise.all(Array.from({ length: agents }, (_, index) => agent(`agent ${round}.${index + 1}`)))));
        const calls = await times();
        const added = spans.flatMap(({ name, beginNs, endNs }) =>
          toGapsMs(
            beginNs,
            calls.filter(({ conversation }) => conversation === name),
            endNs,
          ),
        );
        await runs.close();
        report(besideAllowance('five-agents', 'p99 of added ms', percentile(added, 0.99), allowedMs));
      });
    });
  },
};

function toNamedAgent(name: string) {
  const document = toAgentTeam('loopback/model-a', 1, turns);
  return { ...document, nodes: document.nodes.map((node) => ({ ...node, config: { ...node.config, prompt: name } })) };
}

/** The times in which the provider had nothing to do for a conversation between its beginning and its end. */
function toGapsMs(beginNs: number, calls: readonly CallTimes[], endNs: number): number[] {
  const leftNs = [beginNs, ...calls.map(({ answeredNs }) => answeredNs)];
  const nextNs = [...calls.map(({ arrivedNs }) => arrivedNs), endNs];
  return leftNs.map((from, index) => ((nextNs[index] ?? endNs) - from) / 1e6);
}
