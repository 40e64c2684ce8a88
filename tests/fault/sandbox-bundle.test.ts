import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { createSandboxPool } from '#main/sandbox/pool.ts';

it.each(['auto', 'plain'] as const)('the bundled child, as it is shipped, runs scripts and stops them (%s)', async (spawnWith) => {
  const outDir = mkdtempSync(join(tmpdir(), 'heddle-bundle-'));
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }));
  await build({ mode: 'sandbox', configFile: join(import.meta.dirname, '../../vite.config.ts'), logLevel: 'silent', build: { outDir } });
  const sandbox = createSandboxPool(
    { size: 1, childFile: join(outDir, 'sandbox-child.js'), nodeBinary: process.execPath, spawnWith },
    systemClock,
  );
  onTestFinished(() => sandbox.close());
  const { signal } = new AbortController();

  const result = await sandbox.run({ source: 'console.log(input); return [input, typeof WebAssembly]', input: 1 }, signal);
  expect(result).toMatchObject({ value: [1, 'undefined'], logs: [{ level: 'log', text: '1' }] });
  await expect(sandbox.run({ source: '\nnull.x', input: null }, signal)).rejects.toMatchObject({ details: { line: 2, column: 6 } });
  await expect(sandbox.run({ source: 'for (;;) {}', input: null, limits: { wallMs: 100 } }, signal)).rejects.toMatchObject({
    code: 'sandbox.timedOut',
  });
});
