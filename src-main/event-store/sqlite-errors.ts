import Database from 'better-sqlite3';

/**
 * True for errors that say the bytes on disk are wrong or unreadable, as opposed to a busy database or a bug.
 * A flipped length can also show as a value too big to hold.
 */
export function isDamageError(error: unknown): error is Error {
  const code = sqliteCode(error);
  return code !== undefined && /^SQLITE_(CORRUPT|NOTADB|IOERR|FORMAT|TOOBIG|NOMEM|ERROR)/.test(code);
}

/** What a failed commit means for the writer. */
export function explainWriteFailure(error: unknown): { reason: string; isFatal: boolean } {
  const code = sqliteCode(error) ?? systemCode(error) ?? 'unknown';
  const words = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) return { reason: `The disk is full (${code}). Free some space, then resume.`, isFatal: false };
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    return {
      reason: `The disk reported an error (${code}: ${words}), so nothing written now can be trusted. Check the disk, then open the journal again.`,
      isFatal: true,
    };
  }
  return { reason: `${words} (${code}).`, isFatal: false };
}

/** True when better-sqlite3 says it could not open the file, for instance because its folder takes no `-shm` file. */
export function isCannotOpen(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_CANTOPEN') === true || sqliteCode(error)?.startsWith('SQLITE_READONLY') === true;
}

/** True when another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
}

/** True when there was no room. Growing the shared index of the WAL is the one I/O error that a full disk causes before anything is written. */
export function isDiskFull(error: unknown): boolean {
  const code = sqliteCode(error) ?? systemCode(error);
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC' || code === 'EDQUOT';
}

function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
