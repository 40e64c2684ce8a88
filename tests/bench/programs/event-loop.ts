/** Keeps 64 workflows going in one host, over a journal on disk, and prints the event loop's delay: its median and its 99th percentile in milliseconds. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createBenchRuns, runToEnd, withJournal } from '../bench-runs.ts';
import { toToolChain } from '../documents.ts';

const writers = Number(process.argv[2]);
const seconds = Number(process.argv[3]);

const delay = monitorEventLoopDelay({ resolution: 1 });
await withJournal(async (store) => {
  const runs = createBenchRuns(store, { tool: () => 'seen' });
  const document = toToolChain(10);
  const write = async (untilMs: number) => {
    while (performance.now() < untilMs) await runToEnd(runs, document);
  };
  const writeAll = (ms: number) => Promise.all(Array.from({ length: writers }, () => write(performance.now() + ms)));
  await writeAll(1000);
  delay.enable();
  await writeAll(seconds * 1000);
  delay.disable();
});
console.log(JSON.stringify({ p50Ms: delay.percentile(50) / 1e6, p99Ms: delay.percentile(99) / 1e6 }));
