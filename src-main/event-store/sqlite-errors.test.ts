import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { probeDisk } from './disk-probe.ts';
import { unreadable } from './refusals.ts';
import { explainWriteFailure, isBusy, isCannotOpen, isDamageError, isDiskFull } from './sqlite-errors.ts';
import { refusingDamage } from './sqlite-file.ts';

const sqlite = (code: string) => new Database.SqliteError('words', code);
const system = (code: string) => Object.assign(new Error('words'), { code });

test('a write that failed for want of room or for a bug stops a stream, a bad disk stops the writer', () => {
  const full = (code: string) => ({ reason: `The disk is full (${code}). Free some space, then resume.`, isFatal: false });
  for (const code of ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE']) expect(explainWriteFailure(sqlite(code))).toEqual(full(code));
  for (const code of ['ENOSPC', 'EDQUOT']) expect(explainWriteFailure(system(code))).toEqual(full(code));
  for (const error of [sqlite('SQLITE_IOERR_FSYNC'), system('EIO')])
    expect(explainWriteFailure(error)).toEqual({
      reason: `The disk reported an error (${error.code}: words), so nothing written now can be trusted. Check the disk, then open the journal again.`,
      isFatal: true,
    });
  expect(explainWriteFailure(sqlite('SQLITE_BUSY'))).toEqual({ reason: 'words (SQLITE_BUSY).', isFatal: false });
  expect(explainWriteFailure(new Error('words'))).toEqual({ reason: 'words (unknown).', isFatal: false });
  expect(explainWriteFailure(Object.assign(new Error('words'), { code: 7 }))).toEqual({ reason: 'words (unknown).', isFatal: false });
  expect(explainWriteFailure('just words')).toEqual({ reason: 'just words (unknown).', isFatal: false });
});

test('errors are told apart by what SQLite and the system call them', () => {
  const kinds = (error: unknown) => [isDamageError(error), isBusy(error), isCannotOpen(error), isDiskFull(error)];
  expect(kinds(sqlite('SQLITE_CORRUPT_VTAB'))).toEqual([true, false, false, false]);
  expect(kinds(sqlite('SQLITE_BUSY_SNAPSHOT'))).toEqual([false, true, false, false]);
  expect(kinds(sqlite('SQLITE_CANTOPEN'))).toEqual([false, false, true, false]);
  expect(kinds(sqlite('SQLITE_READONLY_DIRECTORY'))).toEqual([false, false, true, false]);
  expect(kinds(sqlite('SQLITE_FULL'))).toEqual([false, false, false, true]);
  expect(kinds(system('SQLITE_CORRUPT'))).toEqual([false, false, false, false]);
});

test('what a journal cannot be opened for is refused with what to do; what is no error of SQLite passes as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-errors-'));
  const refusal = (error: Error, path = join(folder, 'journal.db')) => {
    try {
      return refusingDamage(path, () => {
        throw error;
      });
    } catch (refused) {
      return refused instanceof HeddleError ? refused.code : refused;
    }
  };
  expect(refusal(sqlite('SQLITE_BUSY'))).toBe('workspace.locked');
  expect(refusal(sqlite('SQLITE_FULL'))).toBe('workspace.full');
  expect(refusal(sqlite('SQLITE_CANTOPEN'))).toBe('workspace.readOnly');
  expect(refusal(sqlite('SQLITE_NOTADB'))).toBe('journal.damaged');
  const bug = new TypeError('a bug');
  expect(refusal(bug)).toBe(bug);
  expect(refusingDamage('any', () => 7)).toBe(7);
  rmSync(folder, { recursive: true });
});

test('a damaged journal is refused in the words of whatever was thrown', () => {
  expect(unreadable('j.db', new Error('not a database')).details).toEqual({ path: 'j.db', reason: 'not a database' });
  expect(unreadable('j.db', 'odd').details).toEqual({ path: 'j.db', reason: 'odd' });
});

test('a folder is probed by writing to it, and nothing is left there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-probe-'));
  expect(probeDisk(folder)).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(join(folder, 'file'), '');
  expect(probeDisk(join(folder, 'nowhere'))).toMatchObject({ code: 'ENOENT' });
  rmSync(folder, { recursive: true });
});
