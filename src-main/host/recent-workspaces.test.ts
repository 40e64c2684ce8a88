import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberWorkspace } from '../workspace/recent-workspaces.ts';
import { listRecentWorkspaces } from './recent-workspaces.ts';

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-recent-')));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('the latest comes first, with where a host has it open and whether it is still there', async () => {
  const [here, open, gone] = ['here', 'open', 'gone'].map((name) => join(home, name)) as [string, string, string];
  mkdirSync(here);
  mkdirSync(join(open, '.heddle'), { recursive: true });
  writeFileSync(join(open, '.heddle/owner.json'), JSON.stringify({ pid: process.pid, startedAtMs: 1, url: 'http://127.0.0.1:7', port: 7 }));
  for (const path of [gone, open, here]) await rememberWorkspace(home, path);
  expect(listRecentWorkspaces(home, here)).toEqual([
    { path: here, name: 'here', isCurrent: true, isThere: true, url: null },
    { path: open, name: 'open', isCurrent: false, isThere: true, url: 'http://127.0.0.1:7' },
    { path: gone, name: 'gone', isCurrent: false, isThere: false, url: null },
  ]);
});

test('the one that is open is among them before the list is written', () => {
  expect(listRecentWorkspaces(home, home)).toMatchObject([{ path: home, isCurrent: true }]);
});
