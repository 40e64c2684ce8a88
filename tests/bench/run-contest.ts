import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { executors } from '#main/executors/registry.ts';
import { systemClock } from '#main/host/system-clock.ts';
import { createCallSlots } from '#main/runtime/call-slots.ts';
import { createRuns } from '#main/runtime/create-runs.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { ModelAnswer } from '#shared/run/message.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** Answers at once: what is measured is the journal and the runtime, not a provider. */
export interface BenchWorld {
  readonly answer: (turn: number) => ModelAnswer;
  readonly tool: (args: JsonObject) => string;
}

/** One run of a document over a real journal on disk; gives its time in milliseconds, start to settled, and the bytes of the journal. */
export async function timeRun(document: WorkflowDocument, world: BenchWorld): Promise<{ ms: number; bytes: number }> {
  mkdirSync('.cache', { recursive: true });
  const folder = mkdtempSync(join('.cache', 'bench-run-'));
  const store = createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
  let turn = 0;

  const runs = createRuns({
    store,
    executors,
    checkJson: () => undefined,
    newRunId: () => 'bench',
    onProblem: (message) => {
      throw new Error(message);
    },
    world: {
      clock: systemClock,
      slots: createCallSlots(() => 16),
      models: { call: async () => world.answer(++turn) },
      toolbox: {
        list: () => [],
        find: async (name) => ({
          definition: {
            name,
            description: 'Looks',
            inputSchema: { type: 'object' },
            outputSchema: {},
            effect: 'idempotent',
            approval: 'never',
            timeoutMs: 1000,
            outputCapBytes: 1000,
            source: { type: 'builtin' },
          },
          effectOf: () => 'idempotent',
          run: async (args) => ({ value: world.tool(args), isTruncated: false }),
        }),
        checkArguments: () => undefined,
      },
    },
  });
  try {
    const begin = performance.now();
    const { runId } = await runs.start({
      document,
      workflowPath: null,
      inputs: {},
      approvalMode: 'ask',
      modelOverride: null,
      startedBy: 'test',
    });
    const state = await runs.settled(runId, new AbortController().signal);
    const ms = performance.now() - begin;
    if (state.status !== 'succeeded') throw new Error(`The run ${state.status}: ${state.error?.message ?? ''}`);
    await runs.close();
    await store.close();
    return { ms, bytes: readdirSync(folder, { recursive: true }).reduce((sum, name) => sum + sizeOf(join(folder, String(name))), 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  const entry = statSync(path);
  return entry.isFile() ? entry.size : 0;
}

/** The middle of the ratios of alternating pairs, and the middle of each side. */
export function toMedians(pairs: readonly { readonly ours: number; readonly peer: number }[]): {
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
