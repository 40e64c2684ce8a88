import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import type { Runs } from '#main/runtime/runs.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import { toRunStream } from '#shared/run/events.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toDocument } from '../support/workflow-builder.ts';
import { createBenchRuns, startRun } from './bench-runs.ts';

/** A chain of so many transforms has about this many events: two each, and those of the run itself. */
const chainLength = 100;

/**
 * Fills the journal of a workspace with `eventCount` events or a few more: one run that really ran, again and again under new ids,
 * and one that still waits for a person, so that the next host has something to take up. Ended runs have their line in the run list
 * cached, as those of a host that was there when they ended.
 */
export async function fillJournal(workspace: string, eventCount: number): Promise<number> {
  const folder = join(workspace, '.heddle');
  mkdirSync(folder, { recursive: true });
  const store = createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
  try {
    const runs = createBenchRuns(store, {});
    const waiting = await startAndSettle(runs, approvalWorkflow);
    const ended = await startAndSettle(runs, chain);
    const original = store.read(toRunStream(ended));
    let count = original.length + store.read(toRunStream(waiting)).length;
    const copies: Promise<unknown>[] = [];
    for (let copy = 1; count < eventCount; copy += 1, count += original.length) {
      const runId = `copy-${copy}`;
      const events = original.map(({ type, version, atMs, data }): NewEvent => {
        return { type, version, atMs: atMs + copy, data: type === 'run.started' ? { ...(data as object), runId } : data };
      });
      copies.push(store.append(toRunStream(runId), 0, events));
    }
    await Promise.all(copies);
    await runs.close();
    const next = createBenchRuns(store, {});
    await next.recover();
    await next.close();
    return count;
  } finally {
    await store.close();
  }
}

const chain = toDocument(
  {
    start: { kind: 'input', config: { fields: [{ name: 'count', type: 'integer', default: 1 }] } },
    ...Object.fromEntries(
      Array.from(
        { length: chainLength },
        (_, index) => [`n${index + 1}`, { kind: 'transform', config: { expression: 'start.count', outputType: 'integer' } }] as const,
      ),
    ),
  },
  ['start.count->n1.in', ...Array.from({ length: chainLength - 1 }, (_, index) => `n${index + 1}.value->n${index + 2}.in`)],
);

const approvalWorkflow = toDocument(
  {
    start: { kind: 'input', config: { fields: [{ name: 'text', type: 'string', default: 'x' }] } },
    ask: { kind: 'approval', config: { title: 'Go on?' } },
  },
  ['start.text->ask.in'],
);

async function startAndSettle(runs: Runs, document: WorkflowDocument): Promise<string> {
  const runId = await startRun(runs, document);
  const { status } = await runs.settled(runId, new AbortController().signal);
  if (status !== 'succeeded' && status !== 'waiting') throw new Error(`The run that fills the journal ${status}`);
  return runId;
}
