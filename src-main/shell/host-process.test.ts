import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HostOptions, type HostProcess, type HostReady, keepHost } from './host-process.ts';

/** Says that it serves on the port it was given (4100 for any), notes each start, and obeys what the test wrote into `mode`. */
const fakeHost = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
process.chdir(import.meta.dirname);
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
appendFileSync('starts', JSON.stringify({ pid: process.pid, port, token: process.env.HEDDLE_TOKEN ?? null }) + '\\n');
const mode = readFileSync('mode', 'utf8');
if (mode === 'broken' || (mode === 'busy' && port !== 0)) { console.error('heddle: it cannot start'); process.exit(1); }
process.on('disconnect', () => { if (mode === 'deaf') return; writeFileSync('goodbye', ''); process.exit(0); });
if (mode === 'deaf') process.on('SIGTERM', () => {});
process.on('message', (answer) => writeFileSync('answer', JSON.stringify(answer)));
const served = port === 0 ? 4100 : port;
console.log(JSON.stringify({ type: 'ready', url: 'http://127.0.0.1:' + served + '/?token=secret-of-this-host', port: served, workspace: '/w' }));
if (mode === 'asking') process.send({ type: 'platformKey.load' });
setInterval(() => {}, 1000);
`;

let folder: string;
let host: HostProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-shell-host-'));
  writeFileSync(join(folder, 'host.mjs'), fakeHost);
});
afterEach(async () => {
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a host that is killed comes back at the same port with the same token', async () => {
  const { nextReady } = start('normal');
  expect((await nextReady()).port).toBe(4100);
  process.kill(starts()[0]!.pid, 'SIGKILL');
  await nextReady();
  expect(starts().map(({ port, token }) => ({ port, token }))).toEqual([
    { port: 0, token: null },
    { port: 4100, token: 'secret-of-this-host' },
  ]);
});

test('the port of the last time is tried first, and any other when it is taken', async () => {
  const { nextReady } = start('busy', { lastPort: 4200 });
  await nextReady();
  expect(starts().map(({ port }) => port)).toEqual([4200, 0]);
});

test('a host that never starts is given up with its own words, until someone says try again', async () => {
  const { nextStuck, nextReady } = start('broken');
  expect(await nextStuck()).toBe('heddle: it cannot start');
  expect(starts()).toHaveLength(2);
  writeFileSync(join(folder, 'mode'), 'normal');
  host?.retry();
  expect((await nextReady()).workspace).toBe('/w');
});

test('a missing Node is told, not thrown', async () => {
  const { nextStuck } = start('normal', { node: join(folder, 'no-node') });
  expect(await nextStuck()).toContain('ENOENT');
});

test('closing asks the host to end and waits until it has', async () => {
  const { nextReady } = start('normal');
  await nextReady();
  await host?.close();
  expect(readFileSync(join(folder, 'goodbye'), 'utf8')).toBe('');
  expect(() => process.kill(starts()[0]!.pid, 0)).toThrow('ESRCH');
  expect(starts()).toHaveLength(1);
});

test('a host that does not end when asked is killed', async () => {
  const { nextReady } = start('deaf', { patienceMs: 50 });
  await nextReady();
  await host?.close();
  expect(() => process.kill(starts()[0]!.pid, 0)).toThrow('ESRCH');
});

test('what the host asks over its channel is answered there', async () => {
  const asked = Promise.withResolvers<unknown>();
  const { nextReady } = start('asking', {
    onMessage: (message, reply) => {
      reply({ type: 'platformKey', key: null });
      asked.resolve(message);
    },
  });
  await nextReady();
  expect(await asked.promise).toEqual({ type: 'platformKey.load' });
});

function start(mode: string, more: Partial<HostOptions> = {}) {
  writeFileSync(join(folder, 'mode'), mode);
  const ready = createQueue<HostReady>();
  const stuck = createQueue<string>();
  host = keepHost({
    node: process.execPath,
    file: join(folder, 'host.mjs'),
    workspace: undefined,
    fixedPort: undefined,
    lastPort: undefined,
    env: process.env,
    onReady: ready.put,
    onStuck: stuck.put,
    pauseMs: () => 1,
    ...more,
  });
  return { nextReady: ready.take, nextStuck: stuck.take };
}

function starts(): { pid: number; port: number; token: string | null }[] {
  return readFileSync(join(folder, 'starts'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function createQueue<Item>() {
  const items: Item[] = [];
  const waiting: ((item: Item) => void)[] = [];
  return {
    put: (item: Item): void => {
      const first = waiting.shift();
      if (first === undefined) items.push(item);
      else first(item);
    },
    take: (): Promise<Item> =>
      new Promise((resolve) => {
        const first = items.shift();
        if (first === undefined) waiting.push(resolve);
        else resolve(first);
      }),
  };
}
