import { createMemoryEventStore } from '#main/event-store/memory-event-store.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createRandom } from '../support/random.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';
import { toDocument } from '../support/workflow-builder.ts';
import type { Bench } from './bench.ts';
import { createBenchRuns, startRun } from './bench-runs.ts';
import { toMedians } from './run-contest.ts';

const workers = 8;
const graphs = 40;
const goal = 1.15;

/** A random graph: how long each node takes, and the nodes before it that it waits for. */
type Graph = readonly { readonly ms: number; readonly after: readonly number[] }[];

/** How well 8 workers are kept busy: random graphs of calls in simulated time, beside the shortest time that any schedule could take. */
export const bench: Bench = {
  name: 'makespan',
  about: `${graphs} random graphs of calls on ${workers} workers, in simulated time`,
  async run(report) {
    const measured = [];
    for (let seed = 1; seed <= graphs; seed += 1) {
      const graph = toRandomGraph(createRandom(seed));
      measured.push({ ours: await simulate(graph), peer: toLowerBound(graph) });
    }
    const times = toMedians(measured);
    report({
      bench: 'makespan',
      metric: 'simulatedMs',
      ...times,
      peerName: `max(critical path, work / ${workers})`,
      goal: `<= ${goal}`,
      holds: times.ratio <= goal,
    });
  },
};

/** 40 to 200 nodes, each behind up to three of the thirty before it; most take a second or two, some ten times that. */
function toRandomGraph(random: () => number): Graph {
  const size = 40 + Math.floor(random() * 161);
  return Array.from({ length: size }, (_, index) => {
    const ms = Math.round(200 * 50 ** random());
    const before = Math.min(index, Math.floor(random() * 4));
    const after = new Set(Array.from({ length: before }, () => Math.max(0, index - 1 - Math.floor(random() * 30))));
    return { ms, after: [...after] };
  });
}

/** No schedule is shorter than the longest chain, nor than all work spread evenly. */
function toLowerBound(graph: Graph): number {
  const ends: number[] = [];
  for (const { ms, after } of graph) ends.push(ms + Math.max(0, ...after.map((index) => ends[index] ?? 0)));
  return Math.max(...ends, graph.reduce((sum, { ms }) => sum + ms, 0) / workers);
}

async function simulate(graph: Graph): Promise<number> {
  const clock = createSimulatedClock();
  const runs = createBenchRuns(createMemoryEventStore(), {
    clock,
    maxParallelCalls: workers,
    tool: (args) => new Promise((done) => clock.schedule(Number(args.ms), () => done('done'))),
  });
  const runId = await startRun(runs, toWorkflow(graph));
  const begin = clock.monotonicMs();
  for (let status = runs.summary(runId).status; status !== 'succeeded'; status = runs.summary(runId).status) {
    if (!(await advance(clock))) throw new Error(`The run ${status}, and nothing is at work`);
  }
  await runs.close();
  return clock.monotonicMs() - begin;
}

/** Time stands still until everything that can start now has: some turns of the event loop, as each start waits for its own commit. */
async function advance(clock: SimulatedClock): Promise<boolean> {
  for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
  const hasAdvanced = await clock.advanceToNext();
  for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
  return hasAdvanced;
}

function toWorkflow(graph: Graph): WorkflowDocument {
  return toDocument(
    Object.fromEntries(graph.map(({ ms }, index) => [`n${index}`, { kind: 'tool', config: { tool: 'work', arguments: { ms } } }] as const)),
    graph.flatMap(({ after }, index) => after.map((before) => `n${before}.result->n${index}.in`)),
  );
}
