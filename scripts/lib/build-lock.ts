import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { inProject } from './project.mjs';

const lockFile = inProject('dist', '.building');

/** One build at a time: two commands started together would write the same files. A lock whose owner died is taken over. */
export async function withBuildLock(work: () => Promise<void>): Promise<void> {
  mkdirSync(inProject('dist'), { recursive: true });
  while (!tryLock()) {
    if (!isAlive(Number(readLock()))) rmSync(lockFile, { force: true });
    else await delay(200);
  }
  try {
    await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock(): boolean {
  // Linked into place, so that the lock never exists without its owner's number in it.
  const mine = `${lockFile}-${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lockFile);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function readLock(): string {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
