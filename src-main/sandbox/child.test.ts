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
  // A syntax tree lies outside the heap that isolated-vm limits, and code that never runs leaves nothing inside it (eval takes up to 8 MB here).
  ['memory', "for (;;) eval('if (0) [' + '{},'.repeat(25e5) + ']')", { memoryMb: 64 }, 'sandbox.outOfMemory', { limitMb: 64 }],
])('a child stops a script by its own watch when the host’s is blind: %s', async (_what, source, limits, code, details) => {
  const job = { source, input: null, limits: { wallMs: 10_000, cpuMs: 10_000, ...limits } };
  await expect(sandbox.run(job, new AbortController().signal)).rejects.toMatchObject({ code, details });
});
