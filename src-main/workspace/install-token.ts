import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, isMissing, toDiskRefusal } from './disk-refusals.ts';
import { ensureHeddleHome } from './heddle-home.ts';

/** The secret that every request to a host of this user must carry; made once, readable by this user only. */
export function readInstallToken(home: string): string {
  const path = join(home, 'token');
  return readToken(path) ?? makeToken(home, path);
}

function readToken(path: string): string | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim();
    return tokenPattern.test(token) ? token : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw toDiskRefusal(error, `read ${path}`);
  }
}

/** Two hosts may start at once on a new machine: the first to create the file has made the token. */
function makeToken(home: string, path: string): string {
  ensureHeddleHome(home);
  const token = randomBytes(32).toString('base64url');
  try {
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    const other = errnoOf(error) === 'EEXIST' ? readToken(path) : undefined;
    if (other !== undefined) return other;
    if (errnoOf(error) !== 'EEXIST') throw toDiskRefusal(error, `write ${path} in HEDDLE_HOME`);
    writeFileSync(path, `${token}\n`, { mode: 0o600 });
    return token;
  }
}

const tokenPattern = /^[A-Za-z0-9_-]{32,}$/;
