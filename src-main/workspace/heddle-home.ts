import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** The folder of what belongs to this user and not to a workspace: `HEDDLE_HOME`, else where the platform keeps such things. */
export function findHeddleHome(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  if (env.HEDDLE_HOME) return resolve(env.HEDDLE_HOME);
  if (platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Heddle');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Heddle');
  // The XDG rules say to ignore a relative path.
  const configured = env.XDG_CONFIG_HOME;
  return join(configured && isAbsolute(configured) ? configured : join(homedir(), '.config'), 'heddle');
}

/** Creates the folder, for this user only. */
export function ensureHeddleHome(home: string): void {
  makeFolder(home, { mode: 0o700, advice: 'It is where Heddle keeps settings and keys; name another one with HEDDLE_HOME.' });
}
