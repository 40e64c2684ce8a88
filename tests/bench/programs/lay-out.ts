/** In a worker: lays out the graph it is given, by us or by elkjs; says how long that took and where the boxes go. */
import { parentPort, workerData } from 'node:worker_threads';
import Elk from 'elkjs/lib/elk.bundled.js';
import { columnGap, type LayoutGraph, type LayoutPositions, rowGap } from '#renderer/canvas/graph-layout.ts';
import { layoutInLayers } from '#renderer/canvas/layered-layout.ts';

const { by, graph } = workerData as { readonly by: 'ours' | 'elk'; readonly graph: LayoutGraph };
const startedAtMs = performance.now();
const at = by === 'ours' ? layoutInLayers(graph) : await layoutWithElk(graph);
parentPort?.postMessage({ ms: performance.now() - startedAtMs, at });

async function layoutWithElk({ boxes, edges }: LayoutGraph): Promise<LayoutPositions> {
  const laidOut = await new Elk().layout({
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.layered.spacing.nodeNodeBetweenLayers': String(columnGap),
      'elk.spacing.nodeNode': String(rowGap),
    },
    children: boxes.map(({ id, width, height }) => ({ id, width, height })),
    edges: edges.map(([from, to], index) => ({ id: `e${index}`, sources: [from], targets: [to] })),
  });
  return Object.fromEntries((laidOut.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
}
