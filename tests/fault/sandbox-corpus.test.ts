import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { createSandboxPool } from '#main/sandbox/pool.ts';
import type { Sandbox, SandboxLimits, SandboxResult } from '#main/sandbox/sandbox.ts';
import { toErrorInfo } from '#shared/base/errors.ts';
import { corpus } from './sandbox-corpus/corpus.ts';

const canary = 'canary-7f3e9a51c2';
const canaryVariable = 'HEDDLE_SANDBOX_CANARY';
const limits: Partial<SandboxLimits> = { wallMs: 400, cpuMs: 300, memoryMb: 24, outputBytes: 128 * 1024, logBytes: 8 * 1024 };
/** The promise to the user: whatever a script did, the next one is answered within this, or on a busy machine in the time of so many fresh starts. */
const nextCallWithinMs = 1_500;
const nextCallWithinStarts = 5;

const folder = mkdtempSync(join(tmpdir(), 'heddle-canary-'));
const canaryFile = join(folder, 'canary.json');
const childFile = join(import.meta.dirname, '../../src-main/sandbox/child.ts');
const signal = new AbortController().signal;
let sandboxes: Record<'auto' | 'plain', Sandbox>;

beforeAll(() => {
  writeFileSync(canaryFile, JSON.stringify({ canary }));
  process.env[canaryVariable] = canary;
  Reflect.set(globalThis, canaryVariable, canary);
  sandboxes = { auto: start('auto'), plain: start('plain') };
});

function start(spawnWith: 'auto' | 'plain'): Sandbox {
  return createSandboxPool({ size: 2, childFile, nodeBinary: process.execPath, spawnWith }, systemClock);
}

/** How long a sandbox that nothing happened to takes for its first answer on this machine, as busy as it is now. */
async function measureFreshStart(spawnWith: 'auto' | 'plain'): Promise<number> {
  const fresh = start(spawnWith);
  const askedAtMs = performance.now();
  await fresh.run({ source: 'return 1', input: null }, signal);
  const tookMs = performance.now() - askedAtMs;
  await fresh.close();
  return tookMs;
}

afterAll(async () => {
  await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
  delete process.env[canaryVariable];
  Reflect.deleteProperty(globalThis, canaryVariable);
  rmSync(folder, { recursive: true, force: true });
});

type Ended = { ending: 'returned'; result: SandboxResult } | { ending: string; error: unknown };

function run(sandbox: Sandbox, source: string): Promise<Ended> {
  return sandbox.run({ source, input: { canaryFile, canaryVariable }, limits }, signal).then(
    (result): Ended => ({ ending: 'returned', result }),
    (thrown: unknown): Ended => ({ ending: toErrorInfo(thrown).code, error: toErrorInfo(thrown) }),
  );
}

/** What is worn down by force is worn down the same with or without bubblewrap; what looks for a way out is tried on both. */
const suites = [
  ...Object.entries(corpus).map(([kind, scripts]) => ({ kind, scripts, spawnWith: 'auto' as const })),
  ...(['escapes', 'forged values'] as const).map((kind) => ({ kind, scripts: corpus[kind], spawnWith: 'plain' as const })),
];

describe.each(suites)('$kind ($spawnWith)', ({ scripts, spawnWith }) => {
  it.each(scripts)('$name ends as it must, reads nothing and leaves the sandbox well', async ({ source, ends, value }) => {
    const sandbox = sandboxes[spawnWith];
    const ended = await run(sandbox, source);
    const askedAtMs = performance.now();
    const next = await sandbox.run({ source: 'return input.a + 1', input: { a: 1 } }, signal);
    const tookMs = performance.now() - askedAtMs;

    expect(ends, JSON.stringify(ended).slice(0, 500)).toContain(ended.ending);
    if ('result' in ended && value !== undefined) expect(ended.result.value).toEqual(value);
    expect(JSON.stringify(ended)).not.toContain(canary);
    expect(next).toMatchObject({ value: 2, logs: [] });
    if (tookMs >= nextCallWithinMs) expect(tookMs).toBeLessThan(nextCallWithinStarts * (await measureFreshStart(spawnWith)));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
