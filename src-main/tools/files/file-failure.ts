import { HeddleError } from '#shared/base/errors.ts';

/** A failed file operation as `tool.failed` in words, with the system's own code in the details. Refusals pass unchanged. */
export function toFileFailure(error: unknown, shownPath: string, doing: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof HeddleError || typeof code !== 'string') return error;
  // The last part of a path that turns out to be a link was one that had just been replaced: nobody may follow it.
  if (code === 'ELOOP') {
    return new HeddleError('tool.pathRefused', `The path ${JSON.stringify(shownPath)} is refused: it was replaced by a symbolic link.`, {
      details: { path: shownPath },
    });
  }
  const reason = reasons[code] ?? `the system answered ${code}`;
  return new HeddleError('tool.failed', `Could not ${doing} ${JSON.stringify(shownPath)}: ${reason}.`, {
    details: { path: shownPath, systemCode: code },
    cause: error,
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'it exists already',
  EACCES: 'the system does not permit it. Check the owner and the permissions of the file and its folder',
  EPERM: 'the system does not permit it. Check the owner and the permissions of the file and its folder',
  EROFS: 'the disk is read-only. Use a folder on another disk or mount it for writing',
  ENOSPC: 'the disk is full. Free some space and run it again; nothing was changed',
  EDQUOT: "the user's share of the disk is used up. Free some space and run it again; nothing was changed",
  EFBIG: 'it would become larger than the disk allows',
  ENAMETOOLONG: 'a name in the path is too long',
  EMFILE: 'too many files are open. Try again in a moment',
  ENFILE: 'too many files are open on this machine. Try again in a moment',
  EIO: 'the disk reported an error. Check its health before you go on',
  EBUSY: 'another program holds it',
  ENXIO: 'it is a pipe or socket, not a regular file',
  ENODEV: 'it is a device, not a regular file',
};
