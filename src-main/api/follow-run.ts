import type { EventStore } from '#main/event-store/event-store.ts';
import { followStream } from '#main/event-store/follow.ts';
import type { Runs } from '#main/runtime/runs.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { toRunStream } from '#shared/run/events.ts';
import type { ModelDelta } from '#shared/run/message.ts';

/** What following a run needs. */
export interface FollowedRun {
  readonly runId: string;
  readonly afterSeq: number;
  readonly signal: AbortSignal;
}

/**
 * The journal of a run after `afterSeq`, then live with the model's deltas in between, until the run has ended.
 * Events come once each, in order, whatever else happens. Deltas keep their place among the events, and a consumer
 * that is too slow for them loses them. Throws `run.notFound`.
 */
export async function* followRun(
  store: EventStore,
  runs: Runs,
  { runId, afterSeq, signal }: FollowedRun,
): AsyncGenerator<RunFollowItem, void, void> {
  const isOver = isFinalStatus(runs.summary(runId).status);
  const stream = toRunStream(runId);
  const backlogSeq = store.head(stream).lastSeq;
  if (afterSeq > backlogSeq) {
    throw new HeddleError('request.invalid', `The run has ${backlogSeq} events; following cannot begin after event ${afterSeq}.`, {
      details: { lastSeq: backlogSeq },
    });
  }
  let committedSeq = backlogSeq;
  let deltas: WaitingDelta[] = [];
  let wake: () => void = () => undefined;

  const stopCommits = store.onCommitted((events) => {
    for (const event of events) if (event.stream === stream) committedSeq = event.seq;
  });
  const stopDeltas = runs.onDelta(runId, (frame, delta) => {
    if (deltas.length >= mostWaitingDeltas) deltas = [];
    deltas.push({ afterSeq: committedSeq, frame, delta });
    wake();
  });
  const ending = new AbortController();
  const events = followStream(store, stream, { afterSeq, signal: AbortSignal.any([signal, ending.signal]) });

  let cursor = afterSeq;
  const isLater = (waiting: WaitingDelta): boolean => waiting.afterSeq > cursor;
  /** The deltas whose place is here: what was committed before them has been given out. */
  function* takeDueDeltas(): Generator<RunFollowItem> {
    const due = deltas.filter((waiting) => !isLater(waiting));
    deltas = deltas.filter(isLater);
    for (const { frame, delta } of due) yield { type: 'delta', frame, delta };
  }

  try {
    if (cursor >= backlogSeq) {
      yield { type: 'caughtUp', lastSeq: backlogSeq };
      if (isOver) return;
    }
    let next: Promise<IteratorResult<EventEnvelope, void>> | undefined;
    while (!signal.aborted) {
      next ??= events.next();
      const woken = new Promise<'delta'>((resolve) => {
        wake = () => resolve('delta');
      });
      const step = deltas.some((waiting) => !isLater(waiting)) ? 'delta' : await Promise.race([next, woken]);
      if (step === 'delta') {
        yield* takeDueDeltas();
        continue;
      }
      next = undefined;
      if (step.done === true) return;
      const event = step.value;
      cursor = event.seq;
      yield { type: 'event', event };
      if (cursor === backlogSeq) yield { type: 'caughtUp', lastSeq: backlogSeq };
      if (isFinalEvent(event.type) || (isOver && cursor >= backlogSeq)) return;
    }
  } finally {
    stopCommits();
    stopDeltas();
    // Also ends a `next` that still waits.
    ending.abort();
    await events.return();
  }
}

interface WaitingDelta {
  /** The newest event when it came. */
  readonly afterSeq: number;
  readonly frame: string;
  readonly delta: ModelDelta;
}

/** A consumer that has this many deltas waiting is not looking. */
const mostWaitingDeltas = 2_000;

function isFinalStatus(status: string): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

function isFinalEvent(type: string): boolean {
  return type === 'run.succeeded' || type === 'run.failed' || type === 'run.cancelled';
}
