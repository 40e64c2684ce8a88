import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { chromium, expect, test } from '@playwright/test';
import { descendantsOf, isRunning, untilOnline } from '../worlds/desktop-app.ts';
import { fuseMark, type PackedApp, packApp } from '../worlds/packed-app.ts';

// Packing once takes 10 s, and on a busy machine more; all tests look at the same result.
test.describe.configure({ mode: 'serial', timeout: 120_000 });
// biome-ignore lint/suspicious/noSkippedTests: only for this platform does a Node come with the packages
test.skip(process.platform !== 'linux' || process.arch !== 'x64', 'packs for linux-x64, whose Node comes with the packages');

let folder: string;
let app: PackedApp;
test.beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-packed-')));
  app = await packApp(folder);
  mkdirSync(join(folder, 'workspace'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

test('the packed host runs on the packed Node, without anything else from the machine', async () => {
  const host = spawn(app.node, [app.hostFile, '--workspace', join(folder, 'workspace')], {
    env: { HEDDLE_HOME: join(folder, 'home-1'), HEDDLE_READY_JSON: '1', PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = JSON.parse(await firstLine(host.stdout, () => true));
  const { origin } = new URL(ready.url);
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: 'live' });
  const studio = await fetch(ready.url, { redirect: 'manual' });
  const page = await fetch(`${origin}/`, { headers: { cookie: studio.headers.get('set-cookie')?.split(';')[0] ?? '' } });
  expect(await page.text()).toContain('<div id="root">');
  await end(host);
});

test('the packed app opens the studio with its own Node and host, and leaves nothing behind', async () => {
  const program = spawn(app.executable, ['--no-sandbox', '--remote-debugging-port=0', '--workspace', join(folder, 'workspace')], {
    env: { ...withoutOurNode(), HEDDLE_HOME: join(folder, 'home-2') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const pid = program.pid as number;
  const line = await firstLine(program.stderr, (text) => text.startsWith('DevTools listening on '));
  const browser = await chromium.connectOverCDP(line.replace('DevTools listening on ', ''));
  const context = browser.contexts()[0]!;
  await untilOnline(context.pages()[0] ?? (await context.waitForEvent('page')));
  const all = [pid, ...descendantsOf(pid)];
  const commands = all.map((process) => readFileSync(`/proc/${process}/cmdline`, 'utf8').split('\0').slice(0, 2));
  expect(commands).toContainEqual([app.node, app.hostFile]);
  await end(program);
  await expect.poll(() => all.filter(isRunning)).toEqual([]);
});

test('the executable can no longer be used as Node, and loads nothing but its archive', () => {
  const executable = readFileSync(app.executable);
  const start = executable.indexOf(fuseMark) + fuseMark.length + 2;
  // Each character is a fuse in Electron's order; "r" would be one that Electron has removed.
  const [runAsNode, cookieEncryption, nodeOptions, nodeInspect, asarIntegrity, onlyAsar] = executable.toString('latin1', start, start + 6);
  expect({ runAsNode, cookieEncryption, nodeOptions, nodeInspect, asarIntegrity, onlyAsar }).toEqual({
    runAsNode: '0',
    cookieEncryption: '1',
    nodeOptions: '0',
    nodeInspect: '0',
    asarIntegrity: '1',
    onlyAsar: '1',
  });
});

async function firstLine(stream: Readable | null, isWanted: (line: string) => boolean): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream as Readable })) {
    if (isWanted(line)) return line;
    lines.push(line);
  }
  throw new Error(`The program ended before it said what was awaited:\n${lines.join('\n')}`);
}

async function end(program: ChildProcess): Promise<void> {
  const ended = once(program, 'exit');
  program.kill('SIGTERM');
  await ended;
}

/** The machine as a user has it: nobody points the app at a Node. */
function withoutOurNode(): NodeJS.ProcessEnv {
  const { HEDDLE_NODE: _unused, ...rest } = process.env;
  return rest;
}
