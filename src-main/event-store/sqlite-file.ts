import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { HeddleError } from '#shared/base/errors.ts';
import { probeDisk } from './disk-probe.ts';
import { journalMigrations, migrate, schemaVersion } from './migrations.ts';
import { unreadable } from './refusals.ts';
import { isBusy, isCannotOpen, isDiskFull } from './sqlite-errors.ts';

/** An open journal database and the way to let go of it. */
export interface JournalFile {
  readonly db: Database.Database;
  close(): void;
}

/** Opens (or creates) the journal for writing: WAL, every commit fsynced, schema up to date. */
export function openForWriting(path: string, maxPageCount: number | undefined): JournalFile {
  return refusingDamage(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const db = new Database(path, { timeout: 2000 });
    try {
      schemaVersion(db);
      db.pragma('journal_mode = WAL');
      // better-sqlite3 is built with synchronous=NORMAL for WAL, which does not fsync a commit.
      db.pragma('synchronous = FULL');
      if (maxPageCount !== undefined) db.pragma(`max_page_count = ${maxPageCount}`);
      migrate(db);
      return { db, close: () => void db.close() };
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Opens the journal without the right to change it. A journal that does not exist yet reads as an empty one; one in a folder
 * that takes no new files, or on a full disk, where SQLite cannot share a WAL, is read from a copy.
 */
export function openForReading(path: string): JournalFile {
  if (!existsSync(path)) return emptyJournal();
  return refusingDamage(path, () => {
    try {
      return openReadOnly(path);
    } catch (error) {
      if (!isCannotOpen(error) && !isDiskFull(error)) throw error;
      return openCopy(path);
    }
  });
}

function openReadOnly(path: string): JournalFile {
  const db = new Database(path, { readonly: true, timeout: 2000 });
  try {
    const version = schemaVersion(db);
    if (version < journalMigrations.length) {
      throw new HeddleError(
        'host.readOnly',
        `The journal ${path} was written by an older Heddle and must be opened for writing once to be brought up to date.`,
        {
          details: { path, schema: version, knownSchema: journalMigrations.length },
        },
      );
    }
    return { db, close: () => void db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

function openCopy(path: string): JournalFile {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-journal-'));
  const copy = join(folder, 'journal.db');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    const file = openReadOnly(copy);
    return {
      db: file.db,
      close() {
        file.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function emptyJournal(): JournalFile {
  const db = new Database(':memory:');
  migrate(db);
  return { db, close: () => void db.close() };
}

/** What SQLite cannot open, or opens without finding our tables, becomes `journal.damaged`; a refusal of ours passes. */
export function refusingDamage<Opened>(path: string, open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    if (isBusy(error))
      throw new HeddleError('workspace.locked', `The journal ${path} is in use by another program.`, { details: { path }, cause: error });
    // SQLite cannot open what it has no room to create, and does not say why.
    if (isDiskFull(isCannotOpen(error) ? probeDisk(dirname(path)) : error))
      throw new HeddleError(
        'workspace.full',
        `The disk is full: there is no room to open the journal ${path}. Free some space and try again.`,
        {
          details: { path },
          isRetryable: true,
          cause: error,
        },
      );
    if (isCannotOpen(error)) {
      throw new HeddleError('workspace.readOnly', `The journal ${path} cannot be opened for writing: ${error.message}.`, {
        details: { path },
        cause: error,
      });
    }
    throw unreadable(path, error);
  }
}
