import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installation } from './installation.ts';

/**
 * A name for the code that folds runs, another one whenever it may have changed: of each file its path, size and time.
 * Nobody has to remember to raise a number when a reducer changes.
 */
export function nameBuild(): string {
  const digest = createHash('sha256');
  for (const path of listFiles(installation.codeFolder)) {
    const { size, mtimeMs } = statSync(join(installation.codeFolder, path));
    digest.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return digest.digest('hex');
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|js)$/.test(path))
    .sort();
}
