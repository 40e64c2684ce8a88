import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Flags under which V8 has no threads of its own, so that a fork of the process is whole. */
const threadlessFlags = ['--single-threaded', '--v8-pool-size=0'];

/** Why the shim cannot be built here, or null when it can: it needs Linux and gcc. */
export const faultShimProblem: string | null =
  process.platform !== 'linux'
    ? 'a disk that fails on order is preloaded the way of Linux, and this is not Linux'
    : spawnSync('gcc', ['--version']).status !== 0
      ? 'there is no gcc to build the disk that fails on order'
      : null;

/** Compiles the shim into `folder` and says how a program runs on it: `node ...flags program`, with `env` added. */
export function buildFaultShim(folder: string): { readonly flags: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const library = join(folder, 'fault-shim.so');
  const source = join(import.meta.dirname, 'fault-shim.c');
  // Lazy binding: what belongs to Node is looked up only where the addon part is used.
  const built = spawnSync('gcc', ['-shared', '-fPIC', '-O2', '-Wl,-z,lazy', '-o', library, source, '-ldl'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The disk that fails on order was not built: ${built.stderr}`);
  return { flags: threadlessFlags, env: { LD_PRELOAD: library, HEDDLE_FAULT_SHIM: library, UV_USE_IO_URING: '0' } };
}
