/** Starts sessions that do some steps and then wait for a person; prints how many bytes of heap each takes while it waits. */
import { createBenchRuns, startRun, withJournal } from '../bench-runs.ts';
import { toWaitingChain } from '../documents.ts';
import { measureHeap } from './heap.ts';

const sessions = Number(process.argv[2]);
const steps = Number(process.argv[3]);

const bytesPerSession = await withJournal(async (store) => {
  const runs = createBenchRuns(store, { tool: () => 'seen' });
  // Each session has a document of its own, as when it is opened from the API: nothing is shared that would not be.
  const startMany = async (count: number) => {
    const ids = await Promise.all(Array.from({ length: count }, () => startRun(runs, toWaitingChain(steps))));
    for (const id of ids) await runs.settled(id, new AbortController().signal);
  };
  await startMany(50);
  const before = await measureHeap();
  await startMany(sessions);
  const bytes = ((await measureHeap()) - before) / sessions;
  if (runs.openApprovals().length !== sessions + 50) throw new Error(`Only ${runs.openApprovals().length} sessions wait`);
  await runs.close();
  return bytes;
});
console.log(JSON.stringify({ bytesPerSession }));
