import { HeddleError } from '#shared/base/errors.ts';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { type RunEvent, runEventVersions, toRunStream } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import type { EventStore } from '../event-store/event-store.ts';

const pageSize = 2000;

/** A stored envelope as a run event. The hash chain vouches for its shape; only its type and version are checked. */
function toKnownRunEvent(envelope: EventEnvelope): RunEvent {
  const version = (runEventVersions as Readonly<Record<string, number>>)[envelope.type];
  if (version === undefined || envelope.version > version) {
    throw new HeddleError(
      'journal.unknownEvent',
      `Event ${envelope.seq} is “${envelope.type}” version ${envelope.version}, which this build does not know. Open the run with the newer build that wrote it.`,
    );
  }
  return envelope as unknown as RunEvent;
}

/** All events of a run in order, read page by page. */
export function* readRunEvents(store: EventStore, runId: string): Iterable<RunEvent> {
  const stream = toRunStream(runId);
  for (let afterSeq = 0; ; ) {
    const page = store.read(stream, { afterSeq, limit: pageSize });
    for (const envelope of page) yield toKnownRunEvent(envelope);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    afterSeq = last.seq;
  }
}

/** The state of a run as its journal has it. Refuses with `run.notFound` when there is no such run. */
export function loadRunState(store: EventStore, runId: string): RunState {
  const state = foldRun(readRunEvents(store, runId));
  if (state === null)
    throw new HeddleError('run.notFound', `There is no run ${runId} in this workspace. List the runs to see which there are.`);
  return state;
}
