import { setImmediate as turn } from 'node:timers/promises';

/** The bytes of the heap that are still reachable. Needs `--expose-gc`. */
export async function measureHeap(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Run this with --expose-gc');
  // What ended in this turn of the event loop is let go in the next, and weak references a collection later.
  for (let round = 0; round < 4; round += 1) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
