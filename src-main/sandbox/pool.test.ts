import { describe, expect, it, vi } from 'vitest';
import { createSandbox, patience, refusal, runIn, sandboxModes } from '../../tests/support/sandbox-world.ts';

describe.each(sandboxModes)('a script in the sandbox (%s)', (spawnWith) => {
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
