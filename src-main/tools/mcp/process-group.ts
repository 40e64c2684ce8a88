import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '#shared/base/clock.ts';
import type { HostDeathGuard } from './host-death-guard.ts';

/** A server may end by itself for this long after SIGTERM; then everything of it is killed. */
const terminationGraceMs = 1_500;

/** How long the system may take to remove what was killed. */
const killedMs = 500;

/** The variable by which everything that a server started is found again, also what left its process group. */
export const markVariable = 'HEDDLE_MCP_MARK';

/** A started program and all that it started. */
export interface ProcessGroup {
  readonly pid: number;
  /** SIGTERM to all, SIGKILL to what is left after the grace; resolves when none is left or all were killed. */
  end(): Promise<void>;
  /** SIGKILL to all, at once. */
  kill(): void;
}

/** Groups that are still alive when this process exits die with it. */
const alive = new Set<ProcessGroup>();
process.on('exit', () => {
  for (const group of alive) group.kill();
});

/** The group that a child spawned with `detached: true` and `markVariable` set to `mark` leads. The guard is released with its end. */
export function toProcessGroup(child: ChildProcess, pid: number, mark: string, guard: HostDeathGuard, clock: Clock): ProcessGroup {
  guard.watch(pid);
  const waitForNone = async (mostMs: number) => {
    const startedAtMs = clock.monotonicMs();
    while (isAnyAlive(child, pid, mark) && clock.monotonicMs() - startedAtMs < mostMs) await pause(clock, 20);
  };
  const group: ProcessGroup = {
    pid,
    kill: () => {
      signalAll(pid, mark, 'SIGKILL');
      guard.release();
      alive.delete(group);
    },
    end: async () => {
      signalAll(pid, mark, 'SIGTERM');
      await waitForNone(terminationGraceMs);
      group.kill();
      await waitForNone(killedMs);
    },
  };
  alive.add(group);
  return group;
}

function signalAll(pid: number, mark: string, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => undefined);
    return;
  }
  send(-pid, signal);
  for (const other of findMarked(mark)) send(other, signal);
}

function isAnyAlive(child: ChildProcess, pid: number, mark: string): boolean {
  if (child.exitCode === null && child.signalCode === null) return true;
  return process.platform === 'linux' ? findMarked(mark).length > 0 : send(-pid, 0);
}

/** Processes whose environment carries the mark. A zombie has none left, so it does not count. */
function findMarked(mark: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  const wanted = `${markVariable}=${mark}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readEnvironment(name).split('\0').includes(wanted))
    .map(Number);
}

function readEnvironment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // Gone meanwhile, or someone else's.
    return '';
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}
