import { setImmediate as nextTurn } from 'node:timers/promises';
import { toErrorInfo } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import { toRunStream } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import type { SnapshotCache, SnapshotPart } from '../event-store/snapshot-cache.ts';
import { createPartCodec } from './snapshot-parts.ts';

/** Events of a run between two snapshots of it. A run that never has as many is folded faster than it is found. */
export const snapshotInterval = 1000;

/** Snapshots of the runs of one journal: found again in no time, taken when there is time. */
export interface Snapshots {
  /**
   * The newest state of a run that has no event after `atSeq` in it; null when there is none that can be trusted. What is large in it is read
   * when it is looked at; what can then not be read is taken from `fold`, the state at an event folded from the journal.
   */
  find(runId: string, atSeq: number, fold: (seq: number) => RunState): RunState | null;
  /** Keeps a state later, in slices between other work, if it is far enough from the last that was kept of this run. */
  offer(state: RunState): void;
  /** Keeps these states later, whatever was kept before. */
  offerAll(states: readonly RunState[]): void;
  /** Resolves when nothing that was offered is left to do. */
  idle(): Promise<void>;
}

/** The snapshots of a cache: always the same, since they know what of each state is in it already. */
export function snapshotsIn(cache: SnapshotCache): Snapshots {
  const known = snapshotsByCache.get(cache) ?? createSnapshots(cache);
  snapshotsByCache.set(cache, known);
  return known;
}

const snapshotsByCache = new WeakMap<SnapshotCache, Snapshots>();

/** The event loop is held up no longer than this at a time. */
const sliceMs = 4;
/** States that wait to be kept hold memory; the oldest are given up. */
const mostWaiting = 200;

function createSnapshots(cache: SnapshotCache): Snapshots {
  let codec = createPartCodec();
  let waiting: RunState[] = [];
  let working: Promise<void> | undefined;
  const lastOffered = new Map<string, number>();

  function enqueue(states: readonly RunState[]): void {
    waiting = [...waiting, ...states].slice(-mostWaiting);
    working ??= work()
      .catch((bug: unknown) => {
        // What was handed out may not be there.
        codec = createPartCodec();
        process.emitWarning(toErrorInfo(bug).message, 'SnapshotWarning');
      })
      .finally(() => {
        working = undefined;
      });
  }

  async function work(): Promise<void> {
    for (;;) {
      await nextTurn();
      const state = waiting.shift();
      if (state === undefined) return;
      if (await keep(state)) continue;
      // Read-only, full or closed: what was handed out is not there, so nothing may be taken for stored.
      waiting = [];
      codec = createPartCodec();
    }
  }

  async function keep(state: RunState): Promise<boolean> {
    let parts: SnapshotPart[] = [];
    const addParts = (): boolean => {
      const added = parts.length === 0 || cache.addParts(parts);
      parts = [];
      return added;
    };
    const steps = codec.takeApartInSteps(state as unknown as JsonValue, (part) => parts.push(part));
    let sliceStartMs = performance.now();
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return addParts() && cache.save(toRunStream(state.runId), { seq: state.lastSeq, root: step.value });
      if (performance.now() - sliceStartMs < sliceMs) continue;
      if (!addParts()) return false;
      await nextTurn();
      sliceStartMs = performance.now();
    }
  }

  /** Something in the cache is not what it should be: it begins anew. */
  function forgetAll(): void {
    cache.clear();
    codec = createPartCodec();
  }

  return {
    find(runId, atSeq, fold) {
      if (atSeq < snapshotInterval) return null;
      const snapshot = cache.find(toRunStream(runId), atSeq);
      if (snapshot === undefined) return null;
      let folded: RunState | undefined;
      const recover = (): JsonValue => {
        if (folded === undefined) forgetAll();
        folded ??= fold(snapshot.seq);
        return folded as unknown as JsonValue;
      };
      const state = codec.putTogether(snapshot.root, cache.readPart, recover) as RunState | undefined;
      if (state?.runId === runId && state.lastSeq === snapshot.seq) return state;
      forgetAll();
      return null;
    },
    offer(state) {
      const { runId, lastSeq, status } = state;
      const isEnd = isFinal(status) && lastSeq >= snapshotInterval;
      if (!isEnd && lastSeq - (lastOffered.get(runId) ?? 0) < snapshotInterval) return;
      if (isFinal(status)) lastOffered.delete(runId);
      else lastOffered.set(runId, lastSeq);
      enqueue([state]);
    },
    offerAll(states) {
      if (states.length > 0) enqueue(states);
    },
    async idle() {
      await working;
    },
  };
}
