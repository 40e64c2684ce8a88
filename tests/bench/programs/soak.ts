/** Runs small runs one batch after another in one host, over a journal on disk; prints by how many bytes the heap grew for each, after a warm-up. */
import { createBenchRuns, runManyToEnd, withJournal } from '../bench-runs.ts';
import { toToolChain } from '../documents.ts';
import { measureHeap } from './heap.ts';

const runCount = Number(process.argv[2]);
const batch = 100;
/** Compiled code and the caches that have an end come with these. */
const warmUpRuns = 2000;

const bytesPerRun = await withJournal(async (store) => {
  const runs = createBenchRuns(store, { tool: () => 'seen' });
  const document = toToolChain(2);
  const doRuns = async (count: number) => {
    for (let done = 0; done < count; done += batch) await runManyToEnd(runs, document, batch);
  };
  await doRuns(warmUpRuns);
  const before = await measureHeap();
  await doRuns(runCount);
  return ((await measureHeap()) - before) / runCount;
});
console.log(JSON.stringify({ bytesPerRun }));
