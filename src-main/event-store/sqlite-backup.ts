import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import type { BlobFiles } from './blob-files.ts';
import { schemaVersion } from './migrations.ts';
import { isCannotOpen, isDiskFull } from './sqlite-errors.ts';
import { createJournalReader } from './sqlite-reader.ts';
import { syncFile } from './sync-file.ts';
import type { WrittenBackup } from './upkeep.ts';

const aboutSchema = z.object({ atMs: z.number(), version: z.string(), workspace: z.string() });

/** What a backup says of itself. */
export type BackupAbout = z.infer<typeof aboutSchema>;

/** A backup that is open for reading. */
export interface OpenBackup {
  readonly about: BackupAbout;
  readonly db: Database.Database;
  readonly blobs: BlobFiles;
  close(): void;
}

/** Pages that are copied between two turns of the event loop: 2 MiB. */
const pagesPerTurn = 512;
/** Events that are checked between two turns. */
const eventsPerTurn = 500;

/**
 * Copies a journal into one new file that is a journal itself, with its blobs in a table, and checks what is in the file.
 * The connection that appends sees its own commits arrive in the copy, so it never has to begin again; a reader beside another
 * process copies everything at once from one moment.
 */
export async function writeBackup(
  source: { readonly db: Database.Database; readonly blobs: BlobFiles; readonly readOnly: boolean },
  path: string,
  about: BackupAbout,
): Promise<WrittenBackup> {
  if (existsSync(path))
    throw new HeddleError('backup.exists', `There is something at ${path} already. Choose another name, or remove it first.`, {
      details: { path },
    });
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.draft`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    await source.db.backup(draft, { progress: () => (source.readOnly ? maxPages : pagesPerTurn) });
    await addBlobs(draft, source.blobs, about);
    const checked = await checkBackup(draft);
    syncFile(draft);
    renameSync(draft, path);
    syncFile(dirname(path));
    return { path, bytes: statSync(path).size, ...checked };
  } catch (error) {
    if (isDiskFull(error))
      throw new HeddleError('workspace.full', `There is no room for a backup at ${path}. Free some space, or choose another disk.`, {
        details: { path },
        isRetryable: true,
        cause: error,
      });
    if (isCannotOpen(error) || isSystemError(error))
      throw new HeddleError('workspace.readOnly', `No backup can be written to ${path}: ${(error as Error).message}.`, {
        details: { path },
        cause: error,
      });
    throw error;
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) removeQuietly(`${draft}${end}`);
  }
}

/** Opens a backup; refuses with `backup.damaged` what is none, or cannot be read. */
export function openBackup(path: string): OpenBackup {
  if (!existsSync(path)) throw new HeddleError('backup.damaged', `There is no backup at ${path}.`, { details: { path } });
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    schemaVersion(db);
    const text = db.prepare<[], unknown>('SELECT text FROM backup_about').pluck().get();
    const about = aboutSchema.parse(JSON.parse(String(text)));
    const opened = db;
    return { about, db, blobs: createBlobTable(db), close: () => void opened.close() };
  } catch (error) {
    db?.close();
    if (error instanceof HeddleError) throw error;
    throw new HeddleError('backup.damaged', `${path} is not a backup of Heddle, or it is damaged: ${(error as Error).message}.`, {
      details: { path },
      cause: error,
    });
  }
}

/** Follows the chain of every event in a backup, blobs included. */
export async function checkBackup(path: string): Promise<Pick<WrittenBackup, 'streams' | 'events' | 'damaged'>> {
  const backup = openBackup(path);
  try {
    const reader = createJournalReader(backup.db, backup.blobs);
    const { rows, problems } = reader.listStreams('');
    const damaged: string[] = [...problems];
    let events = 0;
    for (const row of rows) {
      for (let afterSeq = 0; ; ) {
        const stretch = reader.readStretch(row, afterSeq, eventsPerTurn);
        events += stretch.events.length;
        if (stretch.damage !== undefined) damaged.push(row.name);
        if (stretch.damage !== undefined || stretch.events.length < eventsPerTurn) break;
        afterSeq += stretch.events.length;
        await nextTurn();
      }
    }
    return { streams: rows.length, events, damaged };
  } finally {
    backup.close();
  }
}

/** Every page that a file can have. */
const maxPages = 2 ** 31 - 1;

/** Reads all events once more, through a pair of eyes that notes the blobs they need. */
async function addBlobs(draft: string, blobs: BlobFiles, about: BackupAbout): Promise<void> {
  const db = new Database(draft);
  try {
    db.pragma('journal_mode = DELETE');
    db.pragma('synchronous = OFF');
    db.exec(`CREATE TABLE backup_about (text TEXT NOT NULL) STRICT;
      CREATE TABLE backup_blobs (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT`);
    db.prepare<[string]>('INSERT INTO backup_about (text) VALUES (?)').run(JSON.stringify(about));
    const add = db.prepare<[string, string]>('INSERT OR IGNORE INTO backup_blobs (hash, text) VALUES (?, ?)');
    const needed = new Map<string, string>();
    const noting: BlobFiles = {
      ...blobs,
      read(blobHash) {
        const text = blobs.read(blobHash);
        if (text !== undefined) needed.set(blobHash, text);
        return text;
      },
    };
    const reader = createJournalReader(db, noting);
    for (const row of reader.listStreams('').rows) {
      for (let afterSeq = 0; ; ) {
        const { events, damage } = reader.readStretch(row, afterSeq, eventsPerTurn);
        for (const blob of needed) add.run(...blob);
        needed.clear();
        if (damage !== undefined || events.length < eventsPerTurn) break;
        afterSeq += events.length;
        await nextTurn();
      }
    }
  } finally {
    db.close();
  }
}

/** The blobs inside a backup. */
function createBlobTable(db: Database.Database): BlobFiles {
  const find = db.prepare<[string], unknown>('SELECT text FROM backup_blobs WHERE hash = ?').pluck();
  return {
    read(blobHash) {
      const text = find.get(blobHash);
      return typeof text === 'string' ? text : undefined;
    },
    write: () => {
      throw new Error('A backup is only read');
    },
  };
}

/** Why a draft could not be written says more than that it cannot be removed either. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where a folder should be is a file: then there is no draft in it.
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
