import { HeddleError } from '#shared/base/errors.ts';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { type RunEvent, runEventVersions, toRunStream } from '#shared/run/events.ts';
import { foldRun, reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { toSharedDocument, toSharedDocuments } from './shared-documents.ts';
import { snapshotInterval, snapshotsIn } from './snapshots.ts';

const pageSize = 2000;
/** Snapshots that are taken of one run when it is folded from its beginning. */
const mostSnapshotsOfRun = 128;

/** A stored envelope as a run event. The hash chain vouches for its shape; only its type and version are checked. */
function toKnownRunEvent(envelope: EventEnvelope): RunEvent {
  const version = (runEventVersions as Readonly<Record<string, number>>)[envelope.type];
  if (version === undefined || envelope.version > version) {
    throw new HeddleError(
      'journal.unknownEvent',
      `Event ${envelope.seq} is “${envelope.type}” version ${envelope.version}, which this build does not know. Open the run with the newer build that wrote it.`,
    );
  }
  const event = envelope as unknown as RunEvent;
  if (event.type !== 'run.started') return event;
  const { workflow, subworkflows } = event.data;
  return { ...event, data: { ...event.data, workflow: toSharedDocument(workflow), subworkflows: toSharedDocuments(subworkflows) } };
}

/** The events of a run in order, read page by page: all, or those after one and up to another. */
export function* readRunEvents(
  store: EventStore,
  runId: string,
  { afterSeq = 0, atSeq = Number.MAX_SAFE_INTEGER }: { readonly afterSeq?: number; readonly atSeq?: number } = {},
): Iterable<RunEvent> {
  const stream = toRunStream(runId);
  for (let cursor = afterSeq; cursor < atSeq; ) {
    const limit = Math.min(pageSize, atSeq - cursor);
    const page = store.read(stream, { afterSeq: cursor, limit });
    for (const envelope of page) yield toKnownRunEvent(envelope);
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    cursor = last.seq;
  }
}

/**
 * The state of a run as its journal has it, now or after its event `atSeq`. Folds from the nearest snapshot where there is one, and leaves
 * snapshots behind for the next who asks. Refuses with `run.notFound` when there is no such run, `request.invalid` when it has fewer events.
 */
export function loadRunState(store: EventStore, runId: string, atSeq?: number): RunState {
  const { lastSeq } = store.head(toRunStream(runId));
  if (lastSeq === 0)
    throw new HeddleError('run.notFound', `There is no run ${runId} in this workspace. List the runs to see which there are.`);
  const endSeq = atSeq ?? lastSeq;
  if (endSeq < 1 || endSeq > lastSeq) {
    throw new HeddleError('request.invalid', `Run ${runId} has the events 1 to ${lastSeq}, so there is no state of it at event ${endSeq}.`);
  }
  const snapshots = store.snapshots && snapshotsIn(store.snapshots);
  const start = snapshots?.find(runId, endSeq, (seq) => foldFromStart(store, runId, seq)) ?? null;
  const passed: RunState[] = [];
  const spacing = snapshotInterval * Math.ceil((endSeq - (start?.lastSeq ?? 0)) / snapshotInterval / mostSnapshotsOfRun);
  let state = start;
  for (const event of readRunEvents(store, runId, { afterSeq: start?.lastSeq ?? 0, atSeq: endSeq })) {
    state = reduceRun(state, event);
    if (event.seq % spacing === 0) passed.push(state);
  }
  const reached = requireAt(state, runId, endSeq);
  snapshots?.offerAll(passed);
  return reached;
}

function foldFromStart(store: EventStore, runId: string, atSeq: number): RunState {
  return requireAt(foldRun(readRunEvents(store, runId, { atSeq })), runId, atSeq);
}

/** A store that gives fewer events than it says there are would else make an older state pass for this one. */
function requireAt(state: RunState | null, runId: string, seq: number): RunState {
  if (state?.lastSeq === seq) return state;
  throw new Error(`Run ${runId} could not be read up to its event ${seq}`);
}
