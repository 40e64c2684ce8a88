import { HeddleError } from '#shared/base/errors.ts';
import type { Damage } from './chain.ts';

/** `journal.conflict`: someone else wrote to the stream first, or the caller lost count. */
export function conflict(stream: string, expectedSeq: number, lastSeq: number): HeddleError {
  return new HeddleError(
    'journal.conflict',
    `"${stream}" stands at event ${lastSeq}, not at ${expectedSeq}, so nothing was written. Read what is new and decide again.`,
    { details: { stream, expectedSeq, lastSeq } },
  );
}

/** `journal.writeFailed`: the events of this very append are not on disk. */
export function writeFailed(stream: string, reason: string, cause: unknown): HeddleError {
  return new HeddleError('journal.writeFailed', `Writing to "${stream}" failed: ${reason} The stream is stopped until it is resumed.`, {
    details: { stream, reason },
    cause,
  });
}

/** `journal.stopped`: an earlier write failed, or the journal is closed. */
export function stopped(stream: string, reason: string): HeddleError {
  return new HeddleError('journal.stopped', `"${stream}" takes no events: ${reason}`, { details: { stream, reason } });
}

/** `journal.damaged`: what is on disk is not what was written. */
export function damaged(stream: string, damage: Damage): HeddleError {
  return new HeddleError(
    'journal.damaged',
    `"${stream}" is damaged from event ${damage.fromSeq} on: ${damage.reason} Events before it can still be read; restore the journal from a backup.`,
    { details: { stream, seq: damage.fromSeq, reason: damage.reason } },
  );
}

/** `journal.damaged` for a database file that cannot be opened at all. */
export function unreadable(path: string, cause: unknown): HeddleError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HeddleError(
    'journal.damaged',
    `The journal ${path} cannot be read: ${reason}. Restore it from a backup or move it away to begin a new one.`,
    {
      details: { path, reason },
      cause,
    },
  );
}

/** `request.invalid`: a name that cannot be stored unchanged. */
export function refuseBadStreamName(stream: string): void {
  if (stream.length > 0 && stream.isWellFormed()) return;
  throw new HeddleError('request.invalid', `${JSON.stringify(stream)} cannot name a stream: it must be non-empty, well-formed text.`);
}
