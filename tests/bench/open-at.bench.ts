import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { loadRunState } from '#main/runtime/read-journal.ts';
import { snapshotsIn } from '#main/runtime/snapshots.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import { type NewRunEvent, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { toDocument } from '../support/workflow-builder.ts';
import type { Bench } from './bench.ts';

const runId = 'long';
const goal = 0.05;
/** Nodes × tool calls of each: three events a call, two a node, 100,000 in all, in three shapes from few large nodes to many small ones. */
const shapes = [
  { nodes: 100, calls: 333 },
  { nodes: 2_000, calls: 16 },
  { nodes: 12_500, calls: 2 },
];

/** Opening a run of 100,000 events at any event, in a process that has not seen it, beside folding all of it. */
export const bench: Bench = {
  name: 'open-at',
  about: 'a run of 100,000 events, opened at 20 places, each in a freshly opened journal',
  async run(report) {
    for (const { nodes, calls } of shapes) {
      const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-open-'));
      const open = (withSnapshots: boolean) =>
        createSqliteEventStore({
          path: join(folder, 'journal.db'),
          blobFolder: join(folder, 'blobs'),
          ...(withSnapshots ? { snapshots: { path: join(folder, 'cache.sqlite'), build: () => 'bench' } } : {}),
        });
      try {
        const store = open(true);
        const events = [...toEvents(nodes, calls)] as unknown as NewEvent[];
        for (let at = 0; at < events.length; at += 5_000) await store.append(toRunStream(runId), at, events.slice(at, at + 5_000));
        loadRunState(store, runId);
        if (store.snapshots !== undefined) await snapshotsIn(store.snapshots).idle();
        await store.close();

        const timeOpening = async (withSnapshots: boolean, seq: number): Promise<number> => {
          const opened = open(withSnapshots);
          const startMs = performance.now();
          const state = loadRunState(opened, runId, seq);
          // What a person looks at first.
          state.nodes.filter((node) => node.status === 'running');
          const ms = performance.now() - startMs;
          await opened.close();
          return ms;
        };
        const fullMs = median([
          await timeOpening(false, events.length),
          await timeOpening(false, events.length),
          await timeOpening(false, events.length),
        ]);
        const openingsMs: number[] = [];
        for (let place = 1; place <= 20; place += 1)
          openingsMs.push(await timeOpening(true, Math.round((events.length * place) / 20) - ((place * 47) % 1000)));
        const oursMs = openingsMs.reduce((sum, ms) => sum + ms, 0) / openingsMs.length;
        const ratio = oursMs / fullMs;
        report({
          bench: 'open-at',
          metric: `meanMs, ${nodes} nodes`,
          ours: oursMs,
          peer: fullMs,
          peerName: 'a full fold',
          ratio,
          goal: `<= ${goal}`,
          holds: ratio <= goal,
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  },
};

function* toEvents(nodes: number, calls: number): Generator<NewRunEvent> {
  let atMs = 1_760_000_000_000;
  const tick = (): number => (atMs += 3);
  const ids = Array.from({ length: nodes }, (_, index) => `n${index}`);
  const workflow = toDocument(
    Object.fromEntries(ids.map((id) => [id, { kind: 'tool', config: { tool: 'look', arguments: { id } } }] as const)),
    [],
  );
  const start = { workflowPath: null, inputs: {}, approvalMode: 'ask', modelOverride: null, startedBy: 'test' } as const;
  yield toRunEvent('run.started', { ...start, runId, workflow, subworkflows: {}, budgetUsd: null, forkedFrom: null, part: null }, tick());
  for (const node of ids) {
    yield toRunEvent('node.started', { node, attempt: 1, inputs: { topic: `about ${node}` } }, tick());
    for (let call = 1; call <= calls; call += 1) {
      const frame = `${node}#1/c${call}`;
      const args = { query: `the ${call}th question of ${node}`, limit: 10 };
      yield toRunEvent(
        'toolCall.requested',
        { frame, tool: 'look', arguments: args, argumentsHash: 'a'.repeat(64), callId: `call-${call}` },
        tick(),
      );
      yield toRunEvent(
        'toolCall.started',
        { frame, tool: 'look', arguments: args, effect: 'idempotent', idempotencyKey: `${runId}/${frame}` },
        tick(),
      );
      yield toRunEvent(
        'toolCall.completed',
        { frame, result: { text: 'what was found '.repeat(12), rank: call }, isTruncated: false },
        tick(),
      );
    }
    yield toRunEvent('node.succeeded', { node, attempt: 1, outputs: { result: `all that was found about ${node}` } }, tick());
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
