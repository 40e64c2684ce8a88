import type { RunEvent } from '#shared/run/events.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';

/** Folding 256 events takes about a millisecond, so that any moment is at most that far from a kept state. */
const keepEvery = 256;

/** The states of a run at any of its events, folded once and kept at intervals. */
export interface RunHistory {
  /** Adds events that follow the last; ones already there are passed over. Throws when one is missing in between. */
  append(events: readonly RunEvent[]): void;
  /** The state after the event with this seq; seqs outside the journal give its ends. Null while there are no events. */
  at(seq: number): RunState | null;
  readonly head: RunState | null;
  readonly lastSeq: number;
}

export function createRunHistory(): RunHistory {
  const events: RunEvent[] = [];
  const kept = new Map<number, RunState>();
  let head: RunState | null = null;

  return {
    append(added) {
      for (const event of added) {
        if (event.seq <= events.length) continue;
        head = reduceRun(head, event);
        events.push(event);
        if (event.seq % keepEvery === 0) kept.set(event.seq, head);
      }
    },
    at(seq) {
      if (seq >= events.length) return head;
      const target = Math.max(1, seq);
      const from = target - (target % keepEvery);
      let state = kept.get(from) ?? null;
      for (const event of events.slice(state === null ? 0 : from, target)) state = reduceRun(state, event);
      return state;
    },
    get head() {
      return head;
    },
    get lastSeq() {
      return events.length;
    },
  };
}
