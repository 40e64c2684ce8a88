import { join } from 'node:path';
import { type Restored, restoreBackup } from '../event-store/restore-backup.ts';
import { acquireWriterLock } from '../event-store/writer-lock.ts';
import { locked, prepareFolder, toHeddleFolder } from './open-journal.ts';

/**
 * Makes the journal in a backup that of a workspace which no host has open. Refuses with `workspace.locked`, `journal.exists` unless forced,
 * and `backup.damaged`.
 */
export async function restoreJournal(
  backupPath: string,
  root: string,
  { force, nowMs }: { readonly force: boolean; readonly nowMs: number },
): Promise<Restored> {
  const folder = toHeddleFolder(root);
  prepareFolder(folder);
  const lock = acquireWriterLock(folder, { pid: process.pid, startedAtMs: nowMs });
  if ('heldBy' in lock) throw locked(root, lock);
  try {
    const asideName = `replaced ${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '')}`;
    return await restoreBackup(
      backupPath,
      { folder, path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') },
      { force, asideName },
    );
  } finally {
    lock.release();
  }
}
