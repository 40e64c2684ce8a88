import { create } from 'zustand';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { parseFrame } from '#shared/run/frame.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import type { RunState } from '#shared/run/state.ts';
import { createRunHistory, type RunHistory } from './run-history.ts';

/** A run that a tab shows: `run:<id>` in the journal of the host, or `template:<id>`, recorded. */
export interface FollowedRun {
  readonly key: string;
  readonly phase: 'loading' | 'live' | 'ended' | 'failed';
  /** Why it cannot be shown, when it cannot. */
  readonly error: ErrorInfo | null;
  readonly events: readonly RunEvent[];
  readonly history: RunHistory;
  readonly head: RunState | null;
  /** The seq that is being looked at, or null for the newest. */
  readonly cursor: number | null;
  /** What models are saying right now, by the frame of the call; gone once the answer is a fact. */
  readonly liveText: Readonly<Record<string, string>>;
}

interface FollowedRunsStore {
  readonly byKey: Readonly<Record<string, FollowedRun>>;
}

export const useFollowedRuns = create<FollowedRunsStore>()(() => ({ byKey: {} }));

export function createFollowedRun(key: string): FollowedRun {
  return { key, phase: 'loading', error: null, events: [], history: createRunHistory(), head: null, cursor: null, liveText: {} };
}

/** The run after a batch of what a follower receives. Events that are already there change nothing. */
export function withItems(run: FollowedRun, items: readonly RunFollowItem[]): FollowedRun {
  const news: RunEvent[] = [];
  let liveText = run.liveText;
  let phase = run.phase;
  let lastSeq = run.history.lastSeq;
  for (const item of items) {
    switch (item.type) {
      case 'event': {
        const event = item.event as RunEvent;
        if (event.seq <= lastSeq) break;
        lastSeq = event.seq;
        news.push(event);
        if (event.type === 'modelCall.started') liveText = withoutFrame(liveText, event.data.frame);
        break;
      }
      case 'delta':
        liveText = withDelta(liveText, item.frame, item.delta);
        break;
      case 'caughtUp':
        phase = 'live';
        break;
    }
  }
  if (news.length > 0) run.history.append(news);
  const head = run.history.head;
  return {
    ...run,
    phase,
    error: null,
    liveText: withoutFinished(liveText, head),
    head,
    events: news.length === 0 ? run.events : [...run.events, ...news],
  };
}

/** The state that the tab shows: at its cursor, or the newest. */
export function selectShownState(run: FollowedRun): RunState | null {
  return run.cursor === null ? run.head : run.history.at(run.cursor);
}

/** The seq that the tab shows. */
export function toShownSeq(run: FollowedRun): number {
  return run.cursor ?? run.history.lastSeq;
}

/** The run looked at `by` events before or after where it is; beyond the newest is live again. */
export function withCursorMoved(run: FollowedRun, by: number): FollowedRun {
  return withCursor(run, toShownSeq(run) + by);
}

/** The run looked at after this event. */
export function withCursor(run: FollowedRun, seq: number): FollowedRun {
  const last = run.history.lastSeq;
  return { ...run, cursor: seq >= last ? null : Math.max(1, seq) };
}

/** Changes one followed run, if it is there. */
export function updateFollowedRun(key: string, change: (run: FollowedRun) => FollowedRun): void {
  useFollowedRuns.setState((store) => {
    const run = store.byKey[key];
    return run === undefined ? store : { byKey: { ...store.byKey, [key]: change(run) } };
  });
}

function withDelta(liveText: FollowedRun['liveText'], frame: string, delta: ModelDelta): FollowedRun['liveText'] {
  switch (delta.type) {
    case 'text':
      return { ...liveText, [frame]: (liveText[frame] ?? '') + delta.text };
    case 'toolCallStarted':
      return { ...liveText, [frame]: `${liveText[frame] ?? ''}\n→ ${delta.name} ` };
    case 'toolCallArguments':
      return { ...liveText, [frame]: (liveText[frame] ?? '') + delta.fragment };
    case 'toolCallCompleted':
      return liveText;
  }
}

/** Deltas may come later than the fact that ends their call: a call that has its answer speaks no more. */
function withoutFinished(liveText: FollowedRun['liveText'], head: RunState | null): FollowedRun['liveText'] {
  const finished = Object.keys(liveText).filter((frame) => isFinished(head, frame));
  return finished.reduce(withoutFrame, liveText);
}

function withoutFrame(liveText: FollowedRun['liveText'], frame: string): FollowedRun['liveText'] {
  if (!(frame in liveText)) return liveText;
  const { [frame]: _gone, ...rest } = liveText;
  return rest;
}

function isFinished(head: RunState | null, frame: string): boolean {
  const { node: id, attempt: number } = parseFrame(frame);
  const node = head === null ? undefined : findNodeState(head, id);
  const attempt = node === undefined || node.status === 'pending' ? undefined : node.attempts[number - 1];
  const call = attempt === undefined ? undefined : callsOf(attempt).find((candidate) => candidate.frame === frame);
  return call?.type === 'model' && call.outcome.type !== 'pending';
}
