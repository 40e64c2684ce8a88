import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { writeChildProgram } from '../support/sandbox-child-program.ts';
import { childFile, createSandbox, patience, refusal, runIn, sandboxModes, temporaryFolder } from '../support/sandbox-world.ts';

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

  it.each(sandboxModes)('finds no files, no environment, no processes, no threads and no WebAssembly (%s)', async (spawnWith) => {
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
    for (const spawnWith of sandboxModes) {
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
  it.each(sandboxModes)('refuses what runs and waits, leaves no process and no file (%s)', async (spawnWith) => {
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

  it.each(sandboxModes)(
    'never comes when the host is killed, and still no child is left, not even one in an endless loop (%s)',
    async (spawnWith) => {
      if (process.platform !== 'linux') return;
      const host = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', hostProgram(spawnWith)], {
        cwd: dirname(childFile),
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
