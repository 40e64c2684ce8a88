import { mkdirSync } from 'node:fs';
import { HeddleError } from '#shared/base/errors.ts';
import { errnoOf, toDiskRefusal } from './disk-refusals.ts';

/** Creates a folder with those above it, unless it is there; throws `workspace.full`, or `workspace.readOnly` with what is in the way. `advice` says what else to do. */
export function makeFolder(path: string, { mode = 0o777, advice = '' }: { readonly mode?: number; readonly advice?: string } = {}): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    const reason = reasons[errnoOf(error) ?? ''];
    if (reason === undefined) throw toDiskRefusal(error, `create ${path}`);
    throw new HeddleError(
      'workspace.readOnly',
      `The folder ${path} cannot be created: ${reason}. ${advice || 'Move away what is in the way, or choose another folder.'}`,
      {
        details: { folder: path },
        cause: error,
      },
    );
  }
}

/** ENOENT is what Node makes of a folder above that takes no new entries. */
const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a file stands where a folder above it should be',
  ENOENT: 'this account may not write to the folder above it',
  EACCES: 'this account may not write to the folder above it',
  EPERM: 'this account may not write to the folder above it',
  EROFS: 'the disk can only be read',
};
