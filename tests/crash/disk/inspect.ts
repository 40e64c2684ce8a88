import type { EventStore } from '#main/event-store/event-store.ts';
import { acquireWriterLock } from '#main/event-store/writer-lock.ts';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { type PlannedAppend, toLaterEvent, type Workload } from './workloads.ts';
import { openTrialStore } from './writer.ts';

/** Streams that are tried for going on; trying all 64 of a group would cost more than it tells. */
const mostContinued = 3;

/** Everything that is wrong with the journal that a dead writer left, in words; empty when it kept its promises. */
export async function inspect(folder: string, workload: Workload, acknowledged: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const lock = acquireWriterLock(folder, { pid: process.pid, startedAtMs: 2 });
  if ('heldBy' in lock) return ['The writer lock is not free.'];
  let store: EventStore | undefined;
  try {
    store = openTrialStore(folder);
    const problems = [...workload.streams].flatMap(([stream, planned]) =>
      compare(store as EventStore, stream, planned, acknowledged.get(stream) ?? 0),
    );
    problems.push(...verify(store));
    const lengths = await goOn(store, [...workload.streams.keys()].slice(0, mostContinued));
    await store.close();
    store = openTrialStore(folder);
    problems.push(...verify(store));
    for (const [stream, length] of lengths) {
      if (store.read(stream).length !== length) problems.push(`${stream} lost what was appended after the crash.`);
    }
    return problems;
  } catch (error) {
    return [`${error instanceof Error ? error.stack : String(error)}`];
  } finally {
    await store?.close();
    lock.release();
  }
}

/** A stream must hold whole appends from its beginning, unchanged, and at least what was acknowledged. */
function compare(store: EventStore, stream: string, planned: readonly PlannedAppend[], acknowledgedSeq: number): readonly string[] {
  const events = store.read(stream);
  const problems: string[] = [];
  if (events.length < acknowledgedSeq)
    problems.push(`${stream} lost events: ${acknowledgedSeq} were acknowledged, ${events.length} are there.`);
  const ends = [0, ...planned.map(({ firstSeq, events: own }) => firstSeq + own.length - 1)];
  if (!ends.includes(events.length)) problems.push(`${stream} holds half an append: it ends at ${events.length}.`);
  const expected = planned.flatMap(({ events: own }) => own);
  const wrong = events.findIndex((event, index) => toText(event) !== toText(expected[index]));
  if (wrong !== -1) problems.push(`Event ${wrong + 1} of ${stream} is not what was written.`);
  return problems;
}

function verify(store: EventStore): readonly string[] {
  const { storageProblems, streams } = store.verify();
  return [...storageProblems, ...streams.filter(({ status }) => status === 'damaged').map((verdict) => JSON.stringify(verdict))];
}

async function goOn(store: EventStore, streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const lengths = new Map<string, number>();
  for (const stream of streams) {
    const { lastSeq } = store.head(stream);
    await store.append(stream, lastSeq, [toLaterEvent(stream, lastSeq + 1)]);
    lengths.set(stream, lastSeq + 1);
  }
  return lengths;
}

function toText(event: Pick<EventEnvelope, 'type' | 'version' | 'atMs' | 'data'> | undefined): string {
  return event === undefined ? '' : `${event.type} ${event.version} ${event.atMs} ${JSON.stringify(event.data)}`;
}
