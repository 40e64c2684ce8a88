import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { prepareChildFiles } from './child-files.ts';

const childFile = join(import.meta.dirname, 'child.ts');
/** Above the largest process id that Linux gives out. */
const deadPid = 4_200_000;

function ownTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-files-test-'));
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('TEMP', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

it('the child’s folder holds its program without types and nothing else, and goes when asked', () => {
  const folder = ownTemporaryFolder();
  const files = prepareChildFiles(childFile);
  expect(readdirSync(files.programFolder).sort()).toEqual(
    ['child.js', 'frames.js', 'isolate-bootstrap.js', 'json-depth.js', 'package.json', 'protocol.js', 'script-location.js'].sort(),
  );
  expect(readdirSync(files.workingFolder)).toEqual([]);
  files.remove();
  expect(readdirSync(folder)).toEqual([]);
});

it('a program that is not there leaves no folder', () => {
  const folder = ownTemporaryFolder();
  expect(() => prepareChildFiles(join(folder, 'child.js'))).toThrow('ENOENT');
  expect(readdirSync(folder)).toEqual([]);
});

it('folders that killed hosts left behind are removed after an hour, those of living hosts never', () => {
  const folder = ownTemporaryFolder();
  const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000);
  const leave = (pid: number, at: Date): string => {
    const left = join(folder, `heddle-sandbox-${pid}-abcdef`);
    mkdirSync(left);
    utimesSync(left, at, at);
    return left;
  };
  const [old, recent, living] = [leave(deadPid, twoHoursAgo), leave(deadPid + 1, new Date()), leave(process.ppid, twoHoursAgo)];
  prepareChildFiles(childFile);
  expect([old, recent, living].map((left) => existsSync(left))).toEqual([false, true, true]);
});
