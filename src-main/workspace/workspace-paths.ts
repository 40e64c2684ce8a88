import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import { isMissing } from './disk-refusals.ts';

/**
 * The absolute path of something in the workspace, given its path relative to the root with `/`. Refuses with
 * `workflow.pathRefused` whatever leads outside (absolute paths, `..`, links) or into a hidden folder such as `.heddle`.
 */
export async function resolveInWorkspace(root: string, path: string): Promise<string> {
  const reason = whyRefused(path);
  if (reason !== undefined) throw refusal(path, reason);
  const target = resolve(root, path);
  const realRoot = await realpath(root).catch((error: unknown) => {
    throw isMissing(error) ? workspaceGone(root) : error;
  });
  const real = await realpathOfDeepest(target);
  if (real !== realRoot && !real.startsWith(realRoot + sep)) throw refusal(path, 'a link on the way leads outside the workspace');
  const hidden = relative(realRoot, real).split(sep).some(isHidden);
  if (hidden) throw refusal(path, 'it leads into a hidden folder');
  return target;
}

/** The path of a file as the API names it: relative to the root, with `/`. */
export function toWorkspacePath(root: string, absolute: string): string {
  return relative(root, absolute).split(sep).join('/');
}

/** The refusal when the root itself is no longer there. */
export function workspaceGone(root: string): HeddleError {
  return new HeddleError('workspace.missing', `The workspace folder ${root} is gone. Put it back or open another one.`, {
    details: { folder: root },
  });
}

/** Hidden entries (`.git`, `.heddle`…) are not part of what a workspace shows. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}

function whyRefused(path: string): string | undefined {
  if (path.includes('\0')) return 'it contains a zero byte';
  if (path.includes('\\')) return 'folders are separated by /';
  if (isAbsolute(path) || /^[A-Za-z]:/.test(path)) return 'it is absolute; give it relative to the workspace';
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return 'it contains ..';
  if (parts.some(isHidden)) return 'it names a hidden file or folder';
  return undefined;
}

/** The real place of a path whose last parts need not exist yet. */
async function realpathOfDeepest(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isMissing(error) || parent === path) throw error;
    return join(await realpathOfDeepest(parent), relative(parent, path));
  }
}

function refusal(path: string, reason: string): HeddleError {
  return new HeddleError(
    'workflow.pathRefused',
    `The path ${JSON.stringify(path.slice(0, 200))} is refused: ${reason}. Use a path inside the workspace.`,
    { details: { path } },
  );
}
