import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { type BenchWorld, createBenchRuns, runToEnd, withJournal } from './bench-runs.ts';

/** One run of a document over a real journal on disk; gives its time in milliseconds, start to settled, and the bytes of the journal. */
export async function timeRun(document: WorkflowDocument, world: BenchWorld): Promise<{ ms: number; bytes: number }> {
  return withJournal(async (store, folder) => {
    const runs = createBenchRuns(store, world);
    const begin = performance.now();
    await runToEnd(runs, document);
    const ms = performance.now() - begin;
    await runs.close();
    await store.close();
    return { ms, bytes: readdirSync(folder, { recursive: true }).reduce((sum, name) => sum + sizeOf(join(folder, String(name))), 0) };
  });
}

/** Runs both sides `pairs` times in turn, after one turn that is not counted: code gets compiled there. */
export async function alternate(pairs: number, ours: () => Promise<number>, peer: () => Promise<number>): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (let pair = 0; pair <= pairs; pair += 1) {
    const both = pair % 2 === 0 ? { ours: await ours(), peer: await peer() } : { peer: await peer(), ours: await ours() };
    if (pair > 0) measured.push(both);
  }
  return measured;
}

/** One figure of ours and one of the peer's, taken one right after the other. */
export interface Measured {
  readonly ours: number;
  readonly peer: number;
}

function sizeOf(path: string): number {
  const entry = statSync(path);
  return entry.isFile() ? entry.size : 0;
}

/** The middle of the ratios of alternating pairs, and the middle of each side. */
export function toMedians(pairs: readonly Measured[]): {
  ours: number;
  peer: number;
  ratio: number;
} {
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    peer: median(pairs.map((pair) => pair.peer)),
    ratio: median(pairs.map((pair) => pair.ours / pair.peer)),
  };
}

/** The value that `share` of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
