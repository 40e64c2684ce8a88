import { availableParallelism } from 'node:os';
import type { Clock } from '#shared/base/clock.ts';
import { once } from '#shared/base/once.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { installation } from './installation.ts';

/** The sandbox, made with the first script. */
export interface LazySandbox extends Pick<Sandbox, 'run'> {
  /** False also while nothing has been run. */
  usesBubblewrap(): boolean;
  close(): Promise<void>;
}

/** Children of the sandbox are plain Nodes: this process is one. */
export function openSandbox(clock: Clock): LazySandbox {
  let started: Sandbox | undefined;
  const pool = once(async () => {
    const { createSandboxPool } = await import('../sandbox/pool.ts');
    started = createSandboxPool(
      { size: Math.max(1, availableParallelism() - 1), childFile: installation.sandboxChild, nodeBinary: process.execPath },
      clock,
    );
    return started;
  });
  return {
    run: async (job, signal) => (await pool()).run(job, signal),
    usesBubblewrap: () => started?.status().bubblewrap ?? false,
    close: async () => started?.close(),
  };
}
