import { HeddleError } from '#shared/base/errors.ts';

/** What a failed file operation means to a person; `doing` is what was tried, as in "save draft.heddle.json". Errors that say nothing about the disk are passed on. */
export function toDiskRefusal(thrown: unknown, doing: string): unknown {
  const code = errnoOf(thrown);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new HeddleError(
        'workspace.full',
        `Could not ${doing}: the disk is full. What was there before is unchanged; free some space and try again.`,
        { cause: thrown, isRetryable: true },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new HeddleError(
        'workspace.readOnly',
        `Could not ${doing}: this account may not write there (${code}). Change the permissions or choose another folder.`,
        { cause: thrown },
      );
    default:
      return thrown;
  }
}

/** The system's name of a failed call (`ENOENT`…), or undefined when it was not one. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Whether the file or folder was simply not there. */
export function isMissing(thrown: unknown): boolean {
  const code = errnoOf(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
