import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { CallType } from '#shared/run/frame.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import type { GraphNode } from '#shared/run/run-graph.ts';
import type { AttemptState } from '#shared/run/state.ts';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import type { Models } from '../models/model.ts';
import type { Toolbox } from '../tools/tool.ts';
import type { AttemptActivity } from './attempt-activity.ts';
import type { Conversation } from './conversation.ts';
import type { ScopeOrder, ScopeOutcome } from './executor.ts';
import type { Ticket } from './lanes/lane-ticket.ts';
import type { Lanes } from './lanes/lanes.ts';
import type { OutsideCalls } from './outside-calls.ts';
import type { RecordedCalls } from './recorded-calls.ts';
import type { Reuse } from './reuse.ts';
import type { RunJournal } from './run-journal.ts';
import type { Waiters } from './waiters.ts';

/** The outside world as the runtime knows it: ports, never adapters. */
export interface OutsideWorld {
  readonly clock: Clock;
  readonly models: Models;
  readonly toolbox: Toolbox;
  readonly calls: OutsideCalls;
  /** Where nodes wait until there is room for their work. */
  readonly lanes: Lanes;
  /** A number in [0, 1) by chance; what came of it is recorded. */
  readonly random: () => number;
}

/** One attempt at a node while it is at work: what its calls, questions and limits share. */
export interface Attempt {
  /** Where the node is: its id, behind the path of its scope. */
  readonly address: string;
  /** The path of the scope that the node is in; empty for the run's own. */
  readonly scope: string;
  readonly node: WorkflowNode;
  /** Replaces the model that the node names; as it was when the attempt began. */
  readonly modelOverride: string | null;
  readonly graphNode: GraphNode;
  /** As journalled when the executor was started; what it has recorded since is not in here. */
  readonly start: AttemptState;
  readonly recorded: RecordedCalls;
  /** Answers from another run's journal, or from this one's when it is replayed. */
  readonly reuse: Reuse | undefined;
  readonly conversation: Conversation;
  readonly journal: RunJournal;
  readonly world: OutsideWorld;
  readonly signal: AbortSignal;
  readonly timeLimit: TimeLimit;
  readonly waiters: Waiters;
  readonly activity: AttemptActivity;
  /** Resolves at once, or when an interrupted run is told to go on: nothing new is begun before. */
  readonly pass: () => Promise<void>;
  readonly runScope: (order: ScopeOrder) => Promise<ScopeOutcome>;
  readonly onDelta: (frame: string, delta: ModelDelta) => void;
  /** The next free call number below a frame. */
  readonly nextOrdinal: (parentFrame: string, type: CallType) => number;
}

/** A node's time limit, and its place in a lane. Time that a person takes to answer does not count, and the place is given back meanwhile. */
export interface TimeLimit {
  whilePaused<Result>(work: () => Promise<Result>): Promise<Result>;
  end(): void;
}

/**
 * Calls `onExpired` when `limitMs` have passed that were not spent waiting for a person; no limit when undefined.
 * The ticket is given back while a person is waited for.
 */
export function createTimeLimit(
  clock: Clock,
  limitMs: number | undefined,
  ticket: Pick<Ticket, 'pause' | 'resume'> | undefined,
  onExpired: (error: HeddleError) => void,
): TimeLimit {
  let leftMs = limitMs ?? 0;
  let sinceMs = 0;
  let pauses = 0;
  let cancel: (() => void) | undefined;

  function start(): void {
    if (limitMs === undefined) return;
    sinceMs = clock.monotonicMs();
    cancel = clock.schedule(Math.max(0, leftMs), () => {
      onExpired(
        new HeddleError(
          'node.timedOut',
          `It took longer than its limit of ${limitMs} ms. Raise the time limit or give the node less to do.`,
        ),
      );
    });
  }

  function stop(): void {
    if (limitMs === undefined) return;
    cancel?.();
    cancel = undefined;
    leftMs -= clock.monotonicMs() - sinceMs;
  }

  start();
  return {
    async whilePaused(work) {
      if (pauses++ === 0) {
        stop();
        ticket?.pause();
      }
      try {
        return await work();
      } finally {
        try {
          if (pauses === 1) await ticket?.resume();
        } finally {
          if (--pauses === 0) start();
        }
      }
    },
    end: () => cancel?.(),
  };
}
