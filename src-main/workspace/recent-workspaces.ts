import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from './durable-file.ts';

/** Workspaces opened before, the latest first, as far as the list can be read: it is a convenience, never a reason to fail. */
export function readRecentWorkspaces(home: string): readonly string[] {
  try {
    return recentSchema.parse(JSON.parse(readFileSync(join(home, fileName), 'utf8'))).workspaces;
  } catch {
    return [];
  }
}

/** Puts a workspace at the head of the list. */
export async function rememberWorkspace(home: string, workspace: string): Promise<void> {
  const workspaces = [workspace, ...readRecentWorkspaces(home).filter((other) => other !== workspace)].slice(0, mostRemembered);
  await replaceFile(join(home, fileName), `${JSON.stringify({ workspaces }, null, 2)}\n`, 0o600);
}

const recentSchema = z.object({ workspaces: z.array(z.string()) });
const fileName = 'recent.json';
const mostRemembered = 20;
