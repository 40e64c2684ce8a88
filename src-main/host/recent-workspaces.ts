import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { RecentWorkspace } from '#shared/contract/settings.ts';
import { readLockOwner } from '../event-store/writer-lock.ts';
import { readRecentWorkspaces } from '../workspace/recent-workspaces.ts';
import { toHeddleFolder } from './open-journal.ts';

/** The workspaces that this user opened, the latest first, with where a host has them open now. The one at `root` is among them. */
export function listRecentWorkspaces(home: string, root: string): readonly RecentWorkspace[] {
  const known = readRecentWorkspaces(home);
  return (known.includes(root) ? known : [root, ...known]).map((path) => ({
    path,
    name: basename(path) || path,
    isCurrent: path === root,
    isThere: existsSync(path),
    url: readLockOwner(toHeddleFolder(path))?.url ?? null,
  }));
}
