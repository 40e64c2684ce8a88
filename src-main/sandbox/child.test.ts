import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { createSandboxPool } from './pool.ts';

// As on macOS and Windows, where the host cannot look into a child.
vi.mock('./process-usage.ts', () => ({ readProcessUsage: () => undefined }));

const sandbox = createSandboxPool({ size: 1, childFile: join(import.meta.dirname, 'child.ts'), nodeBinary: process.execPath }, systemClock);
afterAll(() => sandbox.close());

it.each([
  ['processor time', 'for (;;) {}', { cpuMs: 100 }, 'sandbox.timedOut', { limit: 'cpu', limitMs: 100 }],
  // Large strings live outside the heap that isolated-vm limits quickly enough; buffers are refused by the isolate itself.
  [
    'memory',
    "const a = []; for (let i = 0; ; i++) a.push(('x'.repeat(2 ** 20) + i).toUpperCase())",
    { memoryMb: 16 },
    'sandbox.outOfMemory',
    {},
  ],
])('a child stops a script by its own watch when the host’s is blind: %s', async (_what, source, limits, code, details) => {
  const job = { source, input: null, limits: { wallMs: 10_000, cpuMs: 10_000, ...limits } };
  await expect(sandbox.run(job, new AbortController().signal)).rejects.toMatchObject({ code, details });
});
