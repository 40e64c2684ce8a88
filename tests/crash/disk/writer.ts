import { join } from 'node:path';
import type { EventStore } from '#main/event-store/event-store.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { acquireWriterLock, type WriterLock } from '#main/event-store/writer-lock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { PlannedAppend, Workload } from './workloads.ts';

/** What a writer says while it works. A dead one has said everything that it was told. */
export type Said =
  | { readonly type: 'acknowledged'; readonly stream: string; readonly lastSeq: number }
  /** `isStreamClosed`: the next append was refused too, so nothing can follow a hole. `isFatal`: only a reopen helped. */
  | {
      readonly type: 'refused';
      readonly code: string;
      readonly message: string;
      readonly isStreamClosed: boolean;
      readonly isFatal: boolean;
    }
  | { readonly type: 'notOpened'; readonly code: string; readonly message: string }
  | { readonly type: 'done' };

/** The journal of a trial's folder, opened as the host does it. */
export function openTrialStore(folder: string): EventStore {
  return createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
}

/**
 * Takes the lock, opens the journal, brings the workload to its end from wherever the journal stands, closes. After a refusal it does
 * what a person would: makes room and resumes, or opens the journal again. Anything that is no refusal of ours is thrown.
 */
export async function work(folder: string, workload: Workload, say: (said: Said) => void, makeRoom: () => void): Promise<void> {
  let place = openPlace(folder, say, makeRoom);

  async function appendTogether(together: readonly PlannedAppend[], isAgain = false): Promise<void> {
    const missing = together.filter(({ stream, firstSeq }) => place.store.head(stream).lastSeq < firstSeq);
    const refused: { append: PlannedAppend; error: HeddleError }[] = [];
    await Promise.all(
      missing.map((append) =>
        place.store.append(append.stream, append.firstSeq - 1, append.events).then(
          ({ stream, lastSeq }) => say({ type: 'acknowledged', stream, lastSeq }),
          (error: unknown) => {
            if (!(error instanceof HeddleError)) throw error;
            refused.push({ append, error });
          },
        ),
      ),
    );
    if (refused.length === 0) return;
    const closed = await Promise.all(refused.map(({ append }) => isRefused(place.store, append)));
    makeRoom();
    const fatal = refused.map(({ append }) => !canResume(place.store, append.stream));
    for (const [index, { error }] of refused.entries()) {
      say({
        type: 'refused',
        code: error.code,
        message: error.message,
        isStreamClosed: closed[index] === true,
        isFatal: fatal[index] === true,
      });
    }
    if (fatal.includes(true)) {
      await closePlace(place);
      place = openPlace(folder, say, makeRoom);
    }
    if (isAgain) throw new Error(`One fault refused an append twice: ${refused[0]?.error.message}`);
    await appendTogether(together, true);
  }

  for (const step of workload.steps) {
    if (step.type === 'append') await appendTogether(step.together);
    else place.store.saveProjection({ name: 'trial', key: 'one', seq: 1, value: 'p'.repeat(step.bytes) });
  }
  await closePlace(place);
  say({ type: 'done' });
}

interface Place {
  readonly lock: WriterLock;
  readonly store: EventStore;
}

/** Tries twice: a fault strikes once, and what it hit must not stand in the way for good. */
function openPlace(folder: string, say: (said: Said) => void, makeRoom: () => void): Place {
  try {
    return openOnce(folder);
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    say({ type: 'notOpened', code: error.code, message: error.message });
    makeRoom();
    return openOnce(folder);
  }
}

function openOnce(folder: string): Place {
  const lock = acquireWriterLock(folder, { pid: process.pid, startedAtMs: 1 });
  if ('heldBy' in lock) throw new Error('The lock is held, by whom?');
  try {
    return { lock, store: openTrialStore(folder) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function closePlace({ store, lock }: Place): Promise<void> {
  await store.close();
  lock.release();
}

async function isRefused(store: EventStore, { stream, firstSeq }: PlannedAppend): Promise<boolean> {
  try {
    await store.append(stream, firstSeq - 1, [{ type: 'hole.made', version: 1, atMs: 1, data: {} }]);
    return false;
  } catch (error) {
    return error instanceof HeddleError && error.code === 'journal.stopped';
  }
}

function canResume(store: EventStore, stream: string): boolean {
  try {
    store.resume(stream);
    return true;
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'journal.stopped') return false;
    throw error;
  }
}
