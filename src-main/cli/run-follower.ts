import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { nodeIn } from '#shared/run/node-states.ts';
import type { PartMode } from '#shared/run/part.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState, RunStatus, UsageTotals } from '#shared/run/state.ts';
import { type Awaited, listAwaited } from './awaited.ts';

/** The last line of `--json`: how the run stands when the command leaves it. */
export interface RunResult {
  readonly type: 'result';
  readonly runId: string;
  readonly status: RunStatus;
  readonly outputs: JsonObject;
  /** What the run was of, when not of the whole workflow; `outputs` are then those of the node that was asked for, null while it has not succeeded. */
  readonly part?: { readonly mode: PartMode; readonly node: string; readonly outputs: JsonObject | null };
  readonly usage: UsageTotals;
  /** What it needs from outside before it can go on, while it waits. */
  readonly waitsFor?: readonly Awaited[];
  /** Why it failed, or why it cannot go on. */
  readonly error?: ErrorInfo;
}

/** Sees each item with the state of the run after it. */
export type RunWatcher = (item: RunFollowItem, state: RunState | null) => void;

/**
 * Follows a run until it has ended, is interrupted, nothing in it can go on before a person answers, or a fault has stopped it.
 * Rejects when the connection breaks or `signal` aborts; the run itself goes on.
 */
export async function followToRest(api: HeddleApi, runId: string, watch: RunWatcher, signal: AbortSignal): Promise<RunResult> {
  const resting = new AbortController();
  const both = AbortSignal.any([signal, resting.signal]);
  let state: RunState | null = null;
  let isCaughtUp = false;
  let fault: ErrorInfo | null = null;

  /** A state can look like waiting between two events of one batch: the host's own line decides, when it speaks of the same event. */
  const lookWhetherItRests = async (): Promise<void> => {
    const summary = await api.run.get({ runId }, { signal: both });
    const isSame = summary.lastSeq === state?.lastSeq;
    if (summary.error !== null && !isFinal(summary.status)) {
      fault = summary.error;
      resting.abort();
    } else if (isSame && rests(summary.status)) resting.abort();
  };
  let lost: unknown;
  const watchingFaults = watchFaults(api, runId, both, lookWhetherItRests).catch((error: unknown) => {
    lost = error;
    resting.abort();
  });

  try {
    for await (const item of await api.run.follow({ runId, afterSeq: 0 }, { signal: both })) {
      if (item.type === 'event') state = reduceRun(state, item.event as unknown as RunEvent);
      if (item.type === 'caughtUp') isCaughtUp = true;
      watch(item, state);
      if (isCaughtUp && state !== null && rests(state.status)) await lookWhetherItRests();
      if (resting.signal.aborted) break;
    }
  } catch (error) {
    if (!resting.signal.aborted || signal.aborted) throw error;
  } finally {
    resting.abort();
    await watchingFaults;
  }
  signal.throwIfAborted();
  if (lost !== undefined) throw lost;
  if (state === null) throw new Error(`Run ${runId} has no events`);
  return toResult(state, fault);
}

/** The journal says nothing when the disk is full: the summary does. */
async function watchFaults(api: HeddleApi, runId: string, signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  try {
    for await (const summary of await api.run.watch(undefined, { signal })) {
      if (summary.runId === runId && (rests(summary.status) || summary.error !== null)) await look();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** It does nothing by itself any more, and has not ended. */
function rests(status: RunStatus): boolean {
  return status === 'waiting' || status === 'interrupted';
}

function toResult(state: RunState, fault: ErrorInfo | null): RunResult {
  const { runId, status, outputs, usage, error } = state;
  const cause = error ?? fault;
  return {
    type: 'result',
    runId,
    status: fault === null ? status : 'failed',
    outputs: outputs ?? {},
    ...(state.part === null ? {} : { part: toPartResult(state, state.part) }),
    usage,
    ...(fault === null && status === 'waiting' ? { waitsFor: listAwaited(state) } : {}),
    ...(cause === null ? {} : { error: cause }),
  };
}

function toPartResult(state: RunState, { mode, node }: NonNullable<RunState['part']>): NonNullable<RunResult['part']> {
  const target = nodeIn(state, node);
  return { mode, node, outputs: target?.status === 'succeeded' ? target.outputs : null };
}
