import type { Clock } from '#shared/base/clock.ts';
import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import { type RunEvent, type RunEventData, type RunEventType, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import type { EventStore } from '../event-store/event-store.ts';

/**
 * The one writer of a run. `record` puts a fact at the end of the journal and folds it into `state` at once;
 * the promise it gives resolves when the fact is on disk. Facts recorded in one turn of the event loop share one transaction,
 * so a result and the intent that follows from it stand or fall together.
 * The first failed write is a fault: it is reported once, and everything recorded later is refused. So is what comes after the run's end.
 */
export interface RunJournal {
  readonly state: () => RunState;
  record<Type extends RunEventType>(type: Type, data: RunEventData[Type]): Promise<void>;
  /** Stops the journal for a bug in whoever drives the run, as a failed write would. */
  fail(bug: unknown): void;
  /** Refuses everything from now on without calling it a fault: the host is stopping, and the run goes on when it is back. */
  stop(): void;
}

export interface RunJournalListeners {
  /** Called after each fact is on disk; `durableSeq` is the newest that is. */
  readonly onDurable: (durableSeq: number) => void;
  readonly onFault: (error: ErrorInfo) => void;
}

export function createRunJournal(
  store: Pick<EventStore, 'append'>,
  clock: Clock,
  start: RunState,
  listeners: RunJournalListeners,
): RunJournal {
  const stream = toRunStream(start.runId);
  let state = start;
  let fault: ErrorInfo | undefined;
  let isStopped = false;

  function fail(thrown: unknown): void {
    if (fault !== undefined) return;
    fault = toErrorInfo(thrown);
    listeners.onFault(fault);
  }

  function record<Type extends RunEventType>(type: Type, data: RunEventData[Type]): Promise<void> {
    if (fault !== undefined || isStopped) {
      return Promise.reject(
        new HeddleError('journal.stopped', `The run's journal takes no more events: ${fault?.message ?? 'the host is stopping'}`),
      );
    }
    if (isFinal(state.status)) {
      return Promise.reject(new HeddleError('run.alreadyFinished', `Run ${start.runId} has ended (${state.status}).`));
    }
    const event = toRunEvent(type, data, clock.nowMs());
    const seq = state.lastSeq + 1;
    try {
      state = reduceRun(state, { ...event, stream, seq } as RunEvent);
    } catch (bug) {
      fail(bug);
      return Promise.reject(bug as Error);
    }
    const durable = store.append(stream, seq - 1, [event as unknown as NewEvent]).then(() => {
      if (fault === undefined) listeners.onDurable(seq);
    });
    durable.catch(fail);
    return durable;
  }

  return {
    state: () => state,
    record,
    fail,
    stop() {
      isStopped = true;
    },
  };
}
