import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '#main/event-store/event-store.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { executors } from '#main/executors/registry.ts';
import { systemClock } from '#main/host/system-clock.ts';
import type { Models } from '#main/models/model.ts';
import { createRuns } from '#main/runtime/create-runs.ts';
import type { Runs } from '#main/runtime/runs.ts';
import type { ToolCallContext } from '#main/tools/tool.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { RequestedToolCall } from '#shared/run/message.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createTestCalls, createTestLanes } from '../support/outside-calls.ts';

/** What a run finds outside: what is left out fails when it is asked for. */
export interface BenchWorld {
  readonly tool?: (args: JsonObject, context: ToolCallContext) => string | Promise<string>;
  readonly models?: Models;
  readonly clock?: Clock;
  /** 16 when left out. */
  readonly maxParallelCalls?: number;
}

/** The runtime as the host composes it, over this store; every tool is the one of the bench. */
export function createBenchRuns(store: EventStore, world: BenchWorld): Runs {
  const clock = world.clock ?? systemClock;
  let runNumber = 0;
  const nothing = () => Promise.reject(new Error('This bench calls no such thing'));
  return createRuns({
    store,
    executors,
    checkJson: () => undefined,
    newRunId: () => `bench-${++runNumber}`,
    onProblem: (message) => {
      throw new Error(message);
    },
    world: {
      clock,
      random: Math.random,
      calls: createTestCalls(clock, world.maxParallelCalls),
      lanes: createTestLanes(clock),
      models: world.models ?? { call: nothing },
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
            timeoutMs: 60_000,
            outputCapBytes: 1000,
            source: { type: 'builtin' },
          },
          effectOf: () => 'idempotent',
          run: async (args, context) => ({ value: await (world.tool ?? nothing)(args, context), isTruncated: false }),
        }),
        checkArguments: () => undefined,
      },
    },
  });
}

/** Starts a run and gives its id. */
export async function startRun(runs: Runs, document: WorkflowDocument): Promise<string> {
  const { runId } = await runs.start({
    document,
    workflowPath: null,
    inputs: {},
    approvalMode: 'ask',
    modelOverride: null,
    startedBy: 'test',
  });
  return runId;
}

/** One run from start to success. */
export async function runToEnd(runs: Runs, document: WorkflowDocument): Promise<RunState> {
  const runId = await startRun(runs, document);
  const state = await runs.settled(runId, new AbortController().signal);
  if (state.status !== 'succeeded') throw new Error(`The run ${state.status}: ${state.error?.message ?? ''}`);
  return state;
}

/**
 * `count` runs side by side and no others, from the first start to the last success. One listener hears of all of them, as the host's own does:
 * a `settled` for each would look at every summary `count` times.
 */
export async function runManyToEnd(runs: Runs, document: WorkflowDocument, count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = count;
  const end = runs.onSummary(({ status, error }) => {
    if (status === 'succeeded' && --left === 0) resolve();
    if (status === 'failed' || status === 'cancelled' || status === 'waiting' || error !== null)
      reject(new Error(`A run ${status}: ${error?.message ?? ''}`));
  });
  try {
    await Promise.all([promise, ...Array.from({ length: count }, () => startRun(runs, document))]);
  } finally {
    end();
  }
}

/**
 * A model that answers at once: it asks for `callsPerTurn` calls a turn and is done in its turn number `turns`. It knows where a conversation
 * is by its answers in it, so that several may go on side by side.
 */
export function createTalker(turns: number, callsPerTurn = 1): Models {
  const toCall = (at: number): RequestedToolCall => ({ id: `call-${at}`, name: 'look', arguments: { at }, rawArguments: `{"at":${at}}` });
  return {
    async call({ messages }) {
      const turn = 1 + (messages.length - 1) / (1 + callsPerTurn);
      const isDone = turn >= turns;
      const toolCalls = isDone ? [] : Array.from({ length: callsPerTurn }, (_, index) => toCall(turn * callsPerTurn + index));
      return { text: isDone ? 'done' : '', toolCalls, finishReason: isDone ? 'stop' : 'toolCalls', usage: null, costUsd: null };
    },
  };
}

/** A journal on disk in a folder of its own under `.cache`, which is on the disk of the project and not in memory as `/tmp` may be. */
export async function withJournal<Result>(work: (store: EventStore, folder: string) => Promise<Result>): Promise<Result> {
  return withFolder(async (folder) => {
    const store = createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
    try {
      return await work(store, folder);
    } finally {
      await store.close();
    }
  });
}

/** A folder under `.cache` that is removed afterwards. */
export async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  mkdirSync('.cache', { recursive: true });
  const folder = mkdtempSync(join('.cache', 'bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
