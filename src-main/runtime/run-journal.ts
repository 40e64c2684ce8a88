import type { Clock } from '#shared/base/clock.ts';
import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import { type RunEvent, type RunEventData, type RunEventType, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import type { Appended, EventStore } from '../event-store/event-store.ts';

/**
 * The one writer of a run. `record` puts a fact at the end of the journal and folds it into `state` at once;
 * the promise it gives resolves when the fact is on disk. Facts recorded in one turn of the event loop share one transaction,
 * so a result and the intent that follows from it stand or fall together.
 * The first failed write is a fault: it is reported once, and everything recorded later is refused. So is what comes after the run's end.
 */
export interface RunJournal {
  readonly state: () => RunState;
  record<Type extends RunEventType>(type: Type, data: RunEventData[Type]): Promise<void>;
  /** Records a fact that nobody waits for: that it failed or was refused is the journal's to report, and nobody's to hear. */
  note<Type extends RunEventType>(type: Type, data: RunEventData[Type]): void;
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

  function refusal(): HeddleError | undefined {
    if (fault !== undefined || isStopped)
      return new HeddleError('journal.stopped', `The run's journal takes no more events: ${fault?.message ?? 'the host is stopping'}`);
    if (isFinal(state.status)) return new HeddleError('run.alreadyFinished', `Run ${start.runId} has ended (${state.status}).`);
    return undefined;
  }

  /** Folds the fact and appends it; throws when it does not follow from the state, which is a bug. */
  function append<Type extends RunEventType>(type: Type, data: RunEventData[Type]): Promise<Appended> {
    const event = toRunEvent(type, data, clock.nowMs());
    const seq = state.lastSeq + 1;
    state = reduceRun(state, { ...event, stream, seq } as RunEvent);
    return store.append(stream, seq - 1, [event as unknown as NewEvent]);
  }

  function tellDurable({ lastSeq }: Appended): void {
    if (fault === undefined) listeners.onDurable(lastSeq);
  }

  return {
    state: () => state,
    async record(type, data) {
      const refused = refusal();
      if (refused !== undefined) throw refused;
      try {
        tellDurable(await append(type, data));
      } catch (thrown) {
        fail(thrown);
        throw thrown;
      }
    },
    note(type, data) {
      if (refusal() !== undefined) return;
      try {
        append(type, data).then(tellDurable).catch(fail);
      } catch (bug) {
        fail(bug);
      }
    },
    fail,
    stop() {
      isStopped = true;
    },
  };
}
