import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { createSandboxPool, type SandboxPoolOptions } from '#main/sandbox/pool.ts';
import type { Sandbox, SandboxLimits } from '#main/sandbox/sandbox.ts';
import { toErrorInfo } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';

/** The child of the sandbox as it is in the sources. */
export const childFile = join(import.meta.dirname, '../../src-main/sandbox/child.ts');
/** How children are started: in bubblewrap where it is usable, and without. */
export const sandboxModes = ['auto', 'plain'] as const;

/** How long to wait for processes, which start and end in their own time on a busy machine. */
export const patience = { timeout: 10_000 };

const never = new AbortController().signal;

/** A pool of two real children, closed when the test is over. */
export function createSandbox(options: Partial<SandboxPoolOptions> = {}): Sandbox {
  const sandbox = createSandboxPool({ size: 2, childFile, nodeBinary: process.execPath, ...options }, systemClock);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Runs a source in a sandbox. */
export const runIn =
  (sandbox: Sandbox) =>
  (source: string, limits: Partial<SandboxLimits> = {}, input: JsonValue = null, signal = never) =>
    sandbox.run({ source, input, limits }, signal);

/** The refusal that a script ends in, as data. */
export async function refusal(running: Promise<unknown>) {
  return toErrorInfo(
    await running.then(
      (value) => new Error(`not refused: ${JSON.stringify(value)}`),
      (thrown: unknown) => thrown,
    ),
  );
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-sandbox-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
