import type { EventStore } from '#main/event-store/event-store.ts';
import type { Runs } from '#main/runtime/runs.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { type RunEventType, toRunStream } from '#shared/run/events.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import type { RunStatus, RunSummary } from '#shared/run/state.ts';

/** A runtime that runs nothing: the test says what happens. Everything it was asked to do is in `calls`. */
export interface FakeRuns extends Runs {
  readonly calls: string[];
  /** Journals an event of a run, making up the run when it is new. */
  record(runId: string, type: RunEventType, data?: JsonObject): Promise<void>;
  setStatus(runId: string, status: RunStatus): void;
  sendDelta(runId: string, frame: string, delta: ModelDelta): void;
  /** Listeners that somebody forgot to end. */
  openListeners(): number;
}

/** Runs over a real journal, without executors. */
export function createFakeRuns(store: EventStore): FakeRuns {
  const calls: string[] = [];
  const summaries = new Map<string, RunSummary>();
  const summaryListeners = new Set<(summary: RunSummary) => void>();
  const deltaListeners = new Map<string, Set<(frame: string, delta: ModelDelta) => void>>();

  function require(runId: string): RunSummary {
    const summary = summaries.get(runId);
    if (summary === undefined) throw new HeddleError('run.notFound', `There is no run ${runId}.`);
    return summary;
  }
  function put(summary: RunSummary): void {
    summaries.set(summary.runId, summary);
    for (const listener of summaryListeners) listener(summary);
  }
  async function record(runId: string, type: RunEventType, data: JsonObject = {}): Promise<void> {
    const stream = toRunStream(runId);
    if (!summaries.has(runId)) put(newSummary(runId));
    await store.append(stream, store.head(stream).lastSeq, [{ type, version: 1, atMs: 0, data }]);
    put({ ...require(runId), lastSeq: store.head(stream).lastSeq, status: finalStatuses[type] ?? require(runId).status });
  }

  return {
    calls,
    record,
    setStatus: (runId, status) => put({ ...require(runId), status }),
    sendDelta: (runId, frame, delta) => {
      for (const listener of deltaListeners.get(runId) ?? []) listener(frame, delta);
    },
    openListeners: () => summaryListeners.size + [...deltaListeners.values()].reduce((sum, set) => sum + set.size, 0),
    start: async ({ document, inputs }) => {
      calls.push(`start ${document.name} ${JSON.stringify(inputs)}`);
      const runId = `run-${summaries.size + 1}`;
      await record(runId, 'log.written', { frame: '', level: 'info', text: 'started' });
      return { runId };
    },
    summaries: () => [...summaries.values()].reverse(),
    summary: require,
    state: (runId) => {
      require(runId);
      throw new Error(`The fake has no state of ${runId}`);
    },
    fork: async ({ runId, atSeq, edits }) => {
      require(runId);
      calls.push(`fork ${runId} ${atSeq} ${edits.map(({ type }) => type).join()}`);
      return { runId: `${runId}-fork` };
    },
    forkReport: (runId) => {
      require(runId);
      throw new Error(`The fake knows no fork of ${runId}`);
    },
    replay: async (runId) => {
      require(runId);
      return { runId, isConsistent: true, events: 1, replayed: 1, divergences: [], unreached: [], outcome: 'unfinished' };
    },
    cancel: async (runId, reason) => {
      require(runId);
      calls.push(`cancel ${runId} ${reason}`);
    },
    compensate: async (runId, reason) => {
      require(runId);
      calls.push(`compensate ${runId} ${reason}`);
    },
    interrupt: async (runId, mode, reason, by) => {
      require(runId);
      calls.push(`interrupt ${runId} ${mode} ${reason} ${by}`);
    },
    continue: async (runId, by) => {
      require(runId);
      calls.push(`continue ${runId} ${by}`);
    },
    steer: async (runId, changes, by) => {
      require(runId);
      calls.push(`steer ${runId} ${changes.map(({ type }) => type).join()} ${by}`);
    },
    move: async (runId, node, lane, by) => {
      require(runId);
      calls.push(`move ${runId} ${node} ${lane} ${by}`);
    },
    signal: async (runId, name, payload, by) => {
      require(runId);
      calls.push(`signal ${runId} ${name} ${JSON.stringify(payload)} ${by}`);
    },
    resume: async (runId) => {
      require(runId);
      calls.push(`resume ${runId}`);
    },
    decide: async (runId, approvalId, answer, by) => {
      calls.push(`decide ${runId} ${approvalId} ${answer.type} ${by}`);
    },
    openApprovals: () => [],
    settled: (runId) => Promise.reject(new Error(`The fake never settles ${runId}`)),
    onSummary: (listener) => {
      summaryListeners.add(listener);
      return () => summaryListeners.delete(listener);
    },
    onDelta: (runId, listener) => {
      const listeners = deltaListeners.get(runId) ?? new Set();
      deltaListeners.set(runId, listeners.add(listener));
      return () => listeners.delete(listener);
    },
    recover: () => Promise.resolve({ resumed: [], refused: [] }),
    recordedFigures: () => ({}),
    close: () => Promise.resolve(),
  };
}

const finalStatuses: Partial<Record<RunEventType, RunStatus>> = {
  'run.succeeded': 'succeeded',
  'run.failed': 'failed',
  'run.cancelled': 'cancelled',
};

function newSummary(runId: string): RunSummary {
  return {
    runId,
    status: 'running',
    workflowName: 'Fake',
    workflowPath: null,
    startedAtMs: 0,
    endedAtMs: null,
    usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, modelCalls: 0, toolCalls: 0, costUsd: null },
    openApprovals: 0,
    lastSeq: 0,
    error: null,
  };
}
