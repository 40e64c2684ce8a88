import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { HeddleError } from '#shared/base/errors.ts';
import { createBlobFiles } from './blob-files.ts';
import { migrate } from './migrations.ts';
import { type BackupAbout, checkBackup, openBackup } from './sqlite-backup.ts';
import { syncFile } from './sync-file.ts';

/** Where a journal lies. */
export interface JournalPlace {
  readonly folder: string;
  readonly path: string;
  readonly blobFolder: string;
}

/** What was restored, and where the journal is that was there before. */
export interface Restored {
  readonly about: BackupAbout;
  readonly streams: number;
  readonly events: number;
  readonly damaged: readonly string[];
  readonly replacedPath: string | null;
}

/**
 * Puts the journal of a backup in its place; whoever calls this holds the writer lock. The backup is checked first and everything is on disk
 * before one rename makes it the journal, so after a crash there is the old one or the new one. With `force` a journal that is there
 * is kept beside it under another name, and a backup with damaged streams is taken for what is whole in it.
 * Refuses with `journal.exists` and `backup.damaged`.
 */
export async function restoreBackup(
  backupPath: string,
  place: JournalPlace,
  { force, asideName }: { readonly force: boolean; readonly asideName: string },
): Promise<Restored> {
  if (existsSync(place.path) && !force) {
    throw new HeddleError(
      'journal.exists',
      `There is a journal in ${place.folder} already. Restore into another folder, or with --force to put it aside.`,
      {
        details: { path: place.path },
      },
    );
  }
  const checked = await checkBackup(backupPath);
  if (checked.damaged.length > 0 && !force) {
    throw new HeddleError(
      'backup.damaged',
      `${checked.damaged.length} of ${checked.streams} runs in ${backupPath} are damaged (${checked.damaged.slice(0, 3).join(', ')}). Restore with --force to have the others.`,
      {
        details: { path: backupPath, damaged: [...checked.damaged] },
      },
    );
  }
  const draft = join(place.folder, `restoring-${process.pid}.db`);
  try {
    mkdirSync(place.folder, { recursive: true });
    const about = writeBlobs(backupPath, place.blobFolder);
    copyFileSync(backupPath, draft);
    becomeJournal(draft);
    const replacedPath = existsSync(place.path) ? putAside(place, asideName) : null;
    renameSync(draft, place.path);
    syncFile(place.folder);
    return { about, ...checked, replacedPath };
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${end}`, { force: true });
  }
}

function writeBlobs(backupPath: string, blobFolder: string): BackupAbout {
  const backup = openBackup(backupPath);
  try {
    const files = createBlobFiles(blobFolder);
    for (const { hash, text } of backup.db.prepare<[], { hash: string; text: string }>('SELECT hash, text FROM backup_blobs').iterate())
      files.write(hash, text);
    return backup.about;
  } finally {
    backup.close();
  }
}

/** Takes what only a backup has out of the copy, and brings it to the newest schema. */
function becomeJournal(draft: string): void {
  const db = new Database(draft);
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('DROP TABLE backup_blobs; DROP TABLE backup_about');
    migrate(db);
    db.exec('VACUUM');
  } finally {
    db.close();
  }
  syncFile(draft);
}

/**
 * Copies the journal that is there to another name; it stays in its place until the new one takes it. Its log is emptied into it before, for
 * a log that was left behind would be applied to the new journal.
 */
function putAside({ folder, path }: JournalPlace, asideName: string): string {
  const aside = join(folder, asideName);
  mkdirSync(aside, { recursive: true });
  emptyLog(path);
  for (const end of ['', '-wal', '-shm', '-ends']) {
    const copy = join(aside, `${basename(path)}${end}`);
    if (!existsSync(`${path}${end}`)) continue;
    copyFileSync(`${path}${end}`, copy);
    syncFile(copy);
  }
  syncFile(aside);
  for (const end of ['-wal', '-shm', '-ends']) rmSync(`${path}${end}`, { force: true });
  return aside;
}

function emptyLog(path: string): void {
  try {
    const db = new Database(path, { timeout: 2000 });
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
  } catch {
    // It is damaged, which is why it is replaced: then its log is kept beside it as it is.
  }
}
