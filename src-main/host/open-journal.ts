import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import { createUpcast } from '#shared/events/upcast.ts';
import { historyEventUpcasters, historyEventVersions } from '#shared/history/events.ts';
import { placeEventVersions } from '#shared/history/places.ts';
import { deadLetterEventUpcasters, deadLetterEventVersions } from '#shared/run/dead-letter-events.ts';
import { runEventUpcasters, runEventVersions } from '#shared/run/events.ts';
import { createSqliteEventStore, type SqliteEventStore } from '../event-store/sqlite-event-store.ts';
import { acquireWriterLock, type LockHeld, type LockOwner, type WriterLock } from '../event-store/writer-lock.ts';
import { toDiskRefusal } from '../workspace/disk-refusals.ts';
import { makeFolder } from '../workspace/make-folder.ts';
import { nameBuild } from './name-build.ts';

/** The journal of a workspace and the right to write to it. */
export interface OpenJournal {
  readonly store: SqliteEventStore;
  /** Why nothing can be written, or null. */
  readonly readOnlyReason: string | null;
  /** Tells other processes where this one can be reached. */
  announce(url: string, port: number): void;
  close(): Promise<void>;
}

/** The folder of a workspace where Heddle keeps what is its own. */
export function toHeddleFolder(root: string): string {
  return join(root, '.heddle');
}

/**
 * Opens the journal of a workspace and takes its writer lock. Throws `workspace.locked` (details: `url` of the owner) when
 * another process has it. With `readOnly`, or where the folder cannot be written, it opens for reading and says why.
 */
export function openJournal(
  root: string,
  options: { readonly readOnly: boolean; readonly isWritable: boolean; readonly nowMs: number },
): OpenJournal {
  const folder = toHeddleFolder(root);
  const reason = options.readOnly
    ? 'It was opened for reading only.'
    : options.isWritable
      ? null
      : 'This account may not write to the folder. Change its permissions and start again.';
  if (reason !== null)
    return { store: openStore(folder, true), readOnlyReason: reason, announce: () => undefined, close: () => Promise.resolve() };

  prepareFolder(folder);
  const owner: LockOwner = { pid: process.pid, startedAtMs: options.nowMs };
  const lock = acquireWriterLock(folder, owner);
  if (isHeld(lock)) throw locked(root, lock);
  try {
    const store = openStore(folder, false);
    return {
      store,
      readOnlyReason: null,
      announce: (url, port) => lock.announce({ ...owner, url, port }),
      close: async () => {
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The journal as it is on disk, without any right to it; works beside the process that writes. */
export function openStore(folder: string, readOnly: boolean): SqliteEventStore {
  return createSqliteEventStore({
    path: join(folder, 'journal.db'),
    blobFolder: join(folder, 'blobs'),
    snapshots: { path: join(folder, 'cache.sqlite'), build: nameBuild },
    readOnly,
    upcast: createUpcast({ ...runEventVersions, ...deadLetterEventVersions, ...historyEventVersions, ...placeEventVersions }, [
      ...runEventUpcasters,
      ...deadLetterEventUpcasters,
      ...historyEventUpcasters,
    ]),
  });
}

/** Makes the folder; Git leaves the whole of it alone. */
export function prepareFolder(folder: string): void {
  makeFolder(folder);
  try {
    const ignore = join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    throw toDiskRefusal(error, `write to ${folder}`);
  }
}

function isHeld(lock: WriterLock | LockHeld): lock is LockHeld {
  return 'heldBy' in lock;
}

/** `workspace.locked`, in words that say by whom. */
export function locked(root: string, { heldBy }: LockHeld): HeddleError {
  const who = heldBy === undefined ? 'another Heddle' : `another Heddle (process ${heldBy.pid})`;
  const advice = heldBy?.url === undefined ? 'Wait until it has ended' : `Use it at ${heldBy.url}`;
  return new HeddleError('workspace.locked', `${root} is open in ${who}. ${advice}, or open it for reading with --read-only.`, {
    details: {
      folder: root,
      ...(heldBy === undefined ? {} : { pid: heldBy.pid }),
      ...(heldBy?.url === undefined ? {} : { url: heldBy.url }),
    },
  });
}
