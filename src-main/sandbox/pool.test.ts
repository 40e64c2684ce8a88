import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { toErrorInfo } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import { writeChildProgram } from '../../tests/support/sandbox-child-program.ts';
import { createSandboxPool, type SandboxPoolOptions } from './pool.ts';
import type { Sandbox, SandboxLimits } from './sandbox.ts';

const childFile = join(import.meta.dirname, 'child.ts');
const never = new AbortController().signal;
const modes = ['auto', 'plain'] as const;
const open: Sandbox[] = [];
/** Processes start and end in their own time on a busy machine. */
const patience = { timeout: 10_000 };

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

function createSandbox(options: Partial<SandboxPoolOptions> = {}): Sandbox {
  const sandbox = createSandboxPool({ size: 2, childFile, nodeBinary: process.execPath, ...options }, systemClock);
  open.push(sandbox);
  return sandbox;
}

const runIn =
  (sandbox: Sandbox) =>
  (source: string, limits: Partial<SandboxLimits> = {}, input: JsonValue = null, signal = never) =>
    sandbox.run({ source, input, limits }, signal);

/** The refusal that a script ends in, as data. */
async function refusal(running: Promise<unknown>) {
  return toErrorInfo(
    await running.then(
      (value) => new Error(`not refused: ${JSON.stringify(value)}`),
      (thrown: unknown) => thrown,
    ),
  );
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-sandbox-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.each(modes)('a script in the sandbox (%s)', (spawnWith) => {
  it('gets its input as a copy and gives back what it returns or resolves to', async () => {
    const run = runIn(createSandbox({ spawnWith }));
    const input = { a: [1, 'two', null, true], 'héddle €': {} };
    expect((await run('return input', {}, input)).value).toEqual(input);
    expect((await run('return await Promise.resolve(input.a.length)', {}, input)).value).toBe(4);
    expect((await run('return (async () => ({ x: 1 }))()')).value).toEqual({ x: 1 });
    expect((await run('')).value).toBeNull();
    expect((await run('globalThis.left = 1')).value).toBeNull();
    expect((await run('return typeof left')).value).toBe('undefined');
  });

  it('logs in order, by level, values as JSON and errors with their place', async () => {
    const run = runIn(createSandbox({ spawnWith }));
    const source =
      "console.log('a', 1, { b: [2] });\nconsole.warn(null, undefined);\nconsole.error(new Error('no'));\nconsole.info('i'); console.debug('d');";
    expect((await run(source)).logs).toEqual([
      { level: 'log', text: 'a 1 {"b":[2]}' },
      { level: 'warn', text: 'null undefined' },
      { level: 'error', text: 'Error: no\n    at heddle-script.js:3:15' },
      { level: 'log', text: 'i' },
      { level: 'log', text: 'd' },
    ]);
  });
});

describe('an error in a script', () => {
  it.each([
    ['a throw', "let a = 1;\n  throw new TypeError('bad');", { name: 'TypeError', message: 'bad', line: 2, column: 9 }],
    ['a throw in a function', 'function f() {\n  null.x;\n}\nf();', { name: 'TypeError', line: 2, column: 8 }],
    ['a rejection', "await null;\nawait Promise.reject(new RangeError('r'));", { name: 'RangeError', message: 'r', line: 2, column: 22 }],
    ['a rejection that nobody awaits', "Promise.reject(new Error('alone'))", { name: 'Error', message: 'alone', line: 1, column: 16 }],
    ['a syntax error', 'let a = 1;\nlet b = ;', { name: 'SyntaxError', message: "Unexpected token ';'", line: 2, column: 9 }],
    ['an open bracket', 'if (input) {\n', { name: 'SyntaxError', line: 2, column: 1 }],
    ['a closed wrapper', '}); (async () => {', { name: 'SyntaxError' }],
    ['a thrown text', "throw 'words'", { name: '', message: 'words' }],
    ['a wait without end', 'await new Promise(() => {})', { name: '' }],
    [
      'a value that is not JSON',
      'return () => 1',
      { name: 'TypeError', message: 'The script returned a function, which is not a JSON value.' },
    ],
  ])('is told with its place in the user’s lines: %s', async (_what, source, details) => {
    const error = await refusal(runIn(createSandbox({ spawnWith: 'plain' }))(source));
    expect(error.code).toBe('sandbox.threw');
    expect(error.details).toMatchObject(details);
    if (!('line' in details)) expect(error.details).not.toHaveProperty('line');
  });

  it('carries what was logged before it', async () => {
    const error = await refusal(runIn(createSandbox())("console.log('before'); throw new Error('x')"));
    expect(error).toMatchObject({ message: 'Error: x (line 1, column 30)', details: { logs: [{ level: 'log', text: 'before' }] } });
  });
});

describe('limits', () => {
  it('on wall time, processor time and memory each end the script with their own words', async () => {
    const run = runIn(createSandbox());
    expect(await refusal(run('for (;;) {}', { wallMs: 150 }))).toMatchObject({
      code: 'sandbox.timedOut',
      details: { limit: 'wall', limitMs: 150 },
    });
    expect(await refusal(run('for (;;) {}', { cpuMs: 150 }))).toMatchObject({
      code: 'sandbox.timedOut',
      details: { limit: 'cpu', limitMs: 150 },
    });
    const hungry = 'const a = []; for (;;) a.push(new Array(1000).fill(1))';
    expect(await refusal(run(hungry, { memoryMb: 16 }))).toMatchObject({ code: 'sandbox.outOfMemory', details: { limitMb: 16 } });
    expect((await run('return 1')).value).toBe(1);
  });

  it('leave room for a script that stays within them', async () => {
    const source = 'const a = []; for (let i = 0; i < 400; i++) a.push(new Array(12500).fill(i)); return a.length';
    expect((await runIn(createSandbox())(source)).value).toBe(400);
  });

  it('on the result are exact in bytes', async () => {
    const run = runIn(createSandbox());
    expect((await run("return '€'.repeat(10)", { outputBytes: 32 })).value).toBe('€'.repeat(10));
    expect(await refusal(run("return '€'.repeat(10)", { outputBytes: 31 }))).toMatchObject({ code: 'sandbox.threw' });
  });

  it('on nesting allow 100 levels and refuse 101', async () => {
    const run = runIn(createSandbox());
    const nest = (levels: number): string => `let a = 1; for (let i = 0; i < ${levels}; i++) a = [a]; return a`;
    await expect(run(nest(100))).resolves.toBeDefined();
    expect(await refusal(run(nest(101)))).toMatchObject({ code: 'sandbox.threw' });
  });

  it('on logs drop the rest and say so', async () => {
    const { logs } = await runIn(createSandbox())("for (let i = 0; i < 100; i++) console.log('€'.repeat(10))", { logBytes: 100 });
    expect(logs.map(({ text }) => text)).toEqual([
      '€'.repeat(10),
      '€'.repeat(10),
      '€'.repeat(10),
      '€'.repeat(2),
      '(the log limit is reached; what follows was dropped)',
    ]);
  });
});

describe('the queue', () => {
  it('runs as many scripts at once as the pool is large, in the order in which they came', async () => {
    const sandbox = createSandbox({ size: 1 });
    const run = runIn(sandbox);
    const done: number[] = [];
    const all = [1, 2, 3, 4].map((n) => run(`return ${n}`).then(() => done.push(n)));
    await run('return 0');
    await Promise.all(all);
    expect(done).toEqual([1, 2, 3, 4]);
    expect(sandbox.status()).toMatchObject({ busy: 0, queued: 0, children: 2 });
  });

  it('gives up a script that is cancelled while it waits or runs, and goes on with the next', async () => {
    const sandbox = createSandbox({ size: 1 });
    const run = runIn(sandbox);
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = refusal(run('for (;;) {}', { wallMs: 60_000, cpuMs: 60_000 }, null, running.signal));
    const second = refusal(run('return 2', {}, null, waiting.signal));
    const third = run('return 3');
    await vi.waitFor(() => expect(sandbox.status()).toMatchObject({ busy: 1, queued: 2 }), patience);
    waiting.abort();
    expect(await second).toMatchObject({ code: 'run.cancelled' });
    running.abort();
    expect(await first).toMatchObject({ code: 'run.cancelled' });
    expect((await third).value).toBe(3);
    expect(await refusal(run('return 4', {}, null, AbortSignal.abort()))).toMatchObject({ code: 'run.cancelled' });
  });

  it('does not keep listeners on a signal that outlives its scripts', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await runIn(createSandbox())('return 1', {}, null, signal);
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
  });
});

describe('a child that was taken over', () => {
  const hostileReplies = {
    'sends more than it may': 'const head = Buffer.alloc(4); head.writeUInt32BE(0xffffffff); sendBytes(head);',
    'sends what is not JSON': "sendText('{');",
    'sends fields that nobody asked for': "send({ kind: 'returned', jobId: job.jobId, valueText: '1', logs: [], more: 1 });",
    'answers another job': "send({ kind: 'returned', jobId: job.jobId + 1, valueText: '1', logs: [] });",
    'says twice that it is ready': "send({ kind: 'ready' });",
    'returns what is not JSON': "send({ kind: 'returned', jobId: job.jobId, valueText: 'process', logs: [] });",
    aborts: 'process.abort();',
    exits: 'process.exit(0);',
  };

  it.each(Object.entries(hostileReplies))('is told as a crash when it %s', async (_what, onJob) => {
    const sandbox = createSandbox({ childFile: writeChildProgram(join(temporaryFolder(), 'child.js'), onJob) });
    expect(await refusal(runIn(sandbox)('x'))).toMatchObject({ code: 'sandbox.crashed', isRetryable: true });
  });

  it('cannot return more bytes, more depth or a prototype key, whatever its own checks said', async () => {
    const onJob = "send({ kind: 'returned', jobId: job.jobId, valueText: job.source, logs: [] });";
    const run = runIn(createSandbox({ childFile: writeChildProgram(join(temporaryFolder(), 'child.js'), onJob) }));
    expect((await run('{"a":1}')).value).toEqual({ a: 1 });
    expect(await refusal(run(`"${'x'.repeat(1_000)}"`, { outputBytes: 1_000 }))).toMatchObject({ code: 'sandbox.threw' });
    expect(await refusal(run('['.repeat(101) + ']'.repeat(101)))).toMatchObject({ code: 'sandbox.threw' });
    expect(await refusal(run('{"\\u005f_proto__":{"polluted":1}}'))).toMatchObject({ code: 'sandbox.threw' });
  });

  it.each(modes)('finds no files, no environment, no processes, no threads and no WebAssembly (%s)', async (spawnWith) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'secret'), 'canary-value');
    vi.stubEnv('HEDDLE_TEST_CANARY', 'canary-value');
    onTestFinished(() => void vi.unstubAllEnvs());
    const onJob = `
      const attempt = (act) => { try { return String(act()) } catch (error) { return error.code ?? error.name } };
      const [fs, childProcess, threads] = ['node:fs', 'node:child_process', 'node:worker_threads'].map((name) => require(name));
      const found = {
        read: attempt(() => fs.readFileSync(job.source, 'utf8')),
        host: attempt(() => fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8')),
        write: attempt(() => fs.writeFileSync('written', 'x')),
        spawn: attempt(() => childProcess.execFileSync(process.execPath, ['--version'])),
        thread: attempt(() => new threads.Worker('1', { eval: true })),
        environment: Object.keys(process.env).filter((name) => name !== 'PWD'), // bubblewrap sets it, to the empty folder
        webAssembly: typeof WebAssembly,
      };
      send({ kind: 'returned', jobId: job.jobId, valueText: JSON.stringify(found), logs: [] });`;
    const sandbox = createSandbox({ spawnWith, childFile: writeChildProgram(join(folder, 'child.js'), onJob) });
    const denied = 'ERR_ACCESS_DENIED';
    expect((await runIn(sandbox)(join(folder, 'secret'))).value).toEqual({
      read: denied,
      host: denied,
      write: denied,
      spawn: denied,
      thread: denied,
      environment: [],
      webAssembly: 'undefined',
    });
  });

  it('reaches a server of the host only without bubblewrap', async ({ skip }) => {
    const { createServer } = await import('node:net');
    const connections: unknown[] = [];
    const server = createServer((socket) => connections.push(socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const onJob = `
      const socket = require('node:net').connect(Number(job.source), '127.0.0.1');
      const answer = (how) => send({ kind: 'returned', jobId: job.jobId, valueText: JSON.stringify(how), logs: [] });
      socket.on('connect', () => answer('connected')).on('error', (error) => answer(error.code));`;
    const sandbox = createSandbox({ childFile: writeChildProgram(join(temporaryFolder(), 'child.js'), onJob) });
    const { value } = await runIn(sandbox)(String(port));
    if (!sandbox.status().bubblewrap) skip('bubblewrap is not usable here');
    expect(sandbox.status().networkBlockedBy).toBe('namespace');
    expect(value).not.toBe('connected');
    expect(connections).toEqual([]);
  });

  it('is stopped by the host alone when its own watch is silent', async ({ skip }) => {
    if (process.platform !== 'linux') skip('the host can look into a child on Linux only');
    const onJob = "if (job.source === 'cpu') for (;;) {} else { globalThis.kept = Buffer.alloc(600e6, 1) }";
    for (const spawnWith of modes) {
      const run = runIn(createSandbox({ spawnWith, childFile: writeChildProgram(join(temporaryFolder(), 'child.js'), onJob) }));
      expect(await refusal(run('cpu', { cpuMs: 100 }))).toMatchObject({ code: 'sandbox.timedOut', details: { limit: 'cpu' } });
      expect(await refusal(run('memory', { memoryMb: 16 }))).toMatchObject({ code: 'sandbox.outOfMemory' });
    }
  });
});

describe('crashes', () => {
  it('are counted by script, and the fourth start of the same script is refused while others run', async () => {
    const onJob = "if (job.source === 'crash') process.abort(); send({ kind: 'returned', jobId: job.jobId, valueText: '1', logs: [] });";
    const sandbox = createSandbox({ childFile: writeChildProgram(join(temporaryFolder(), 'child.js'), onJob) });
    const run = runIn(sandbox);
    for (let crash = 1; crash <= 3; crash += 1) {
      expect(await refusal(run('crash'))).toMatchObject({ code: 'sandbox.crashed', isRetryable: true });
      expect(Object.values(sandbox.status().crashes)).toEqual([crash]);
    }
    const refused = await refusal(run('crash'));
    expect(refused).toMatchObject({ code: 'sandbox.crashed', details: { how: 'refused' } });
    expect(refused.isRetryable).toBeUndefined();
    expect((await run('well')).value).toBe(1);
  });

  it('by a SIGKILL from outside are not held against the script, which is tried again', async () => {
    const program = writeChildProgram(join(temporaryFolder(), 'child.js'), "process.kill(process.pid, 'SIGKILL');");
    const sandbox = createSandbox({ spawnWith: 'plain', childFile: program });
    expect(await refusal(runIn(sandbox)('x'))).toMatchObject({ code: 'sandbox.crashed', details: { how: 'SIGKILL' } });
    expect(sandbox.status().crashes).toEqual({});
  });

  it('of every child at once are survived', async ({ skip }) => {
    if (process.platform !== 'linux') skip('finds the children through /proc');
    const sandbox = createSandbox({ spawnWith: 'plain' });
    const running = runIn(sandbox)('let n = 0; for (let i = 0; i < 1e7; i++) n += 1; return n', { cpuMs: 60_000, wallMs: 60_000 });
    await vi.waitFor(() => expect(sandbox.status()).toMatchObject({ busy: 1, children: 2 }), { ...patience, interval: 2 });
    for (const pid of descendants(process.pid)) process.kill(pid, 'SIGKILL');
    expect((await running).value).toBe(1e7);
    expect(sandbox.status().crashes).toEqual({});
  });
});

describe('a sandbox that cannot start', () => {
  it.each([
    ['there is no such Node', { nodeBinary: '/nowhere/node' }, 'ENOENT'],
    ['there is no such program', { childFile: '/nowhere/child.js' }, 'ENOENT'],
  ])('says so: %s', async (_why, options, words) => {
    const error = await refusal(runIn(createSandbox({ ...options, spawnWith: 'plain' }))('return 1'));
    expect(error.code).toBe('sandbox.unavailable');
    expect(error.message).toContain(words);
  });

  it('repeats the last words of a child that ends at once, to each script that waits', async () => {
    const program = writeChildProgram(join(temporaryFolder(), 'child.js'), '', "throw new Error('no addon here');");
    const run = runIn(createSandbox({ childFile: program }));
    for (const error of await Promise.all([refusal(run('1')), refusal(run('2')), refusal(run('3'))])) {
      expect(error).toMatchObject({ code: 'sandbox.unavailable', message: expect.stringContaining('no addon here') });
    }
  });
});

describe('close', () => {
  it.each(modes)('refuses what runs and waits, leaves no process and no file (%s)', async (spawnWith) => {
    const sandbox = createSandbox({ size: 1, spawnWith });
    const run = runIn(sandbox);
    await run('return 1');
    const running = refusal(run('for (;;) {}', { wallMs: 60_000, cpuMs: 60_000 }));
    const waiting = refusal(run('return 2'));
    await vi.waitFor(() => expect(sandbox.status()).toMatchObject({ busy: 1, children: 2 }), patience);
    const folders = () => commandLines(process.pid).flatMap((line) => line.match(/\S*heddle-sandbox-\d+-\w+(?=\/program\/)/g) ?? []);
    const processes = descendants(process.pid);
    const before = folders();

    await sandbox.close();
    expect([await running, await waiting].map(({ code }) => code)).toEqual(['sandbox.unavailable', 'sandbox.unavailable']);
    expect(sandbox.status()).toMatchObject({ children: 0, busy: 0, queued: 0 });
    expect(await refusal(run('return 3'))).toMatchObject({ code: 'sandbox.unavailable' });
    if (process.platform !== 'linux') return;
    expect(processes.length).toBeGreaterThanOrEqual(2);
    await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), patience);
    expect(before.length).toBeGreaterThan(0);
    expect(before.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it.each(modes)(
    'never comes when the host is killed, and still no child is left, not even one in an endless loop (%s)',
    async (spawnWith) => {
      if (process.platform !== 'linux') return;
      const host = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', hostProgram(spawnWith)], {
        cwd: import.meta.dirname,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: temporaryFolder() },
      });
      await once(host.stdout, 'data');
      const children = descendants(host.pid ?? 0);
      expect(children.length).toBeGreaterThanOrEqual(2);
      host.kill('SIGKILL');
      await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), patience);
    },
  );

  it('in the middle of starting leaves no process: bubblewrap killed too early would abandon its child', async () => {
    for (let round = 0; round < 12; round += 1) {
      const sandbox = createSandbox();
      const running = refusal(runIn(sandbox)('return 1'));
      await vi.waitUntil(() => sandbox.status().children > 0, { ...patience, interval: 1 });
      for (let turn = 0; turn < round; turn += 1) await new Promise(setImmediate);
      await sandbox.close();
      expect((await running).code).toBe('sandbox.unavailable');
    }
    await vi.waitFor(() => expect(descendants(process.pid)).toEqual([]), patience);
  });

  it('before the first script starts nothing', async () => {
    const sandbox = createSandbox();
    await sandbox.close();
    expect(sandbox.status()).toMatchObject({ children: 0 });
  });
});

/** A host that runs an endless script and says so. */
function hostProgram(spawnWith: 'auto' | 'plain'): string {
  return `
    import { createSandboxPool } from './pool.ts';
    import { systemClock } from '../host/system-clock.ts';
    const options = { size: 1, childFile: ${JSON.stringify(childFile)}, nodeBinary: process.execPath, spawnWith: '${spawnWith}' };
    const sandbox = createSandboxPool(options, systemClock);
    const run = (source) => sandbox.run({ source, input: null, limits: { wallMs: 60_000, cpuMs: 60_000 } }, new AbortController().signal);
    await run('return 1');
    run('for (;;) {}');
    const look = () => (sandbox.status().busy === 1 ? console.log('busy') : setTimeout(look, 5));
    look();`;
}

function stat(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

const isAlive = (pid: number): boolean => !['Z', 'X', undefined].includes(stat(pid)[0]);

/** Every living process below one, its children's children included. */
function descendants(root: number): number[] {
  if (process.platform !== 'linux') return [];
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = all.filter((pid) => Number(stat(pid)[1]) === root && isAlive(pid));
  return children.flatMap((pid) => [pid, ...descendants(pid)]);
}

function commandLines(root: number): string[] {
  return descendants(root).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
}
