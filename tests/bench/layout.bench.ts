import { Worker } from 'node:worker_threads';
import type { LayoutGraph, LayoutPositions } from '#renderer/canvas/graph-layout.ts';
import type { Bench } from './bench.ts';
import { countDrawnCrossings, toLayoutDag } from './layout-dag.ts';

const nodes = 2_122;
const edges = 6_114;

/** Laying out a large graph in a worker, beside elkjs with the same boxes, edges and gaps: how long it takes, and how many edges cross. */
export const bench: Bench = {
  name: 'layout',
  about: `layered layout of ${nodes.toLocaleString('en')} nodes and ${edges.toLocaleString('en')} edges`,
  async run(report) {
    const graph = toLayoutDag(nodes, edges);
    const ours = await layOut('ours', graph);
    const peer = await layOut('elk', graph);
    const ms = ours.ms / peer.ms;
    report({
      bench: 'layout',
      metric: 'ms',
      ours: ours.ms,
      peer: peer.ms,
      peerName: 'elkjs',
      ratio: ms,
      goal: '<= 0.08',
      holds: ms <= 0.08,
    });
    const crossings = { ours: countDrawnCrossings(graph, ours.at), peer: countDrawnCrossings(graph, peer.at) };
    const ratio = crossings.ours / crossings.peer;
    report({ bench: 'layout', metric: 'crossings', ...crossings, peerName: 'elkjs', ratio, goal: '<= 1.1', holds: ratio <= 1.1 });
  },
};

/** Each in a worker of its own that has done nothing before. */
async function layOut(by: 'ours' | 'elk', graph: LayoutGraph): Promise<{ readonly ms: number; readonly at: LayoutPositions }> {
  const worker = new Worker(new URL('./programs/lay-out.ts', import.meta.url), { workerData: { by, graph } });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}
