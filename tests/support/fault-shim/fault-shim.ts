import { closeSync, readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';

/** What can happen at the k-th call that changes a file. `count` lets all pass and lists them. */
export const faultKinds = ['count', 'killBefore', 'killAfter', 'torn', 'ioError', 'full', 'power'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** The how many-th call, from 1. */
  readonly at: number;
  /** `torn`, `full`: percent of the write that still happens. `power`: 0 loses all that was not synced, else the seed of what is lost. */
  readonly argument: number;
}

/** A call that changed a file, and which, below the folder. */
export interface DiskCall {
  readonly call: 'write' | 'sync' | 'truncate' | 'rename' | 'remove' | 'mkdir' | 'create';
  readonly path: string;
}

/** How a forked child ended, and every line that it wrote before. */
export interface ForkEnd {
  /** Of the signal; null when it left by itself. */
  readonly signal: number | null;
  readonly exitCode: number | null;
  readonly lines: readonly string[];
}

/** The preloaded library, see fault-shim.c. */
export interface FaultShim {
  /**
   * Forks this process. The child calls `live` with a way to say lines that reach the parent even when the very next call kills it; what
   * `live` does may be asynchronous. Resolves in the parent only.
   */
  inFork(live: (say: (line: string) => void) => Promise<void>): ForkEnd | Promise<never>;
  arm(folder: string, fault: Fault): void;
  disarm(): readonly DiskCall[];
  /** Ends a full disk. False when it was none. */
  makeRoom(): boolean;
}

/** Takes hold of the library in a program that was started as `buildFaultShim` says. */
export function loadFaultShim(): FaultShim {
  const addon: { exports: Partial<Addon> } = { exports: {} };
  process.dlopen(addon, process.env.HEDDLE_FAULT_SHIM ?? '', constants.dlopen.RTLD_LAZY);
  const { arm, disarm, makeRoom, fork, wait, makePipe, leave } = addon.exports as Addon;
  return {
    inFork(live) {
      const ends = makePipe();
      const [readEnd, writeEnd] = [Math.floor(ends / 65536), ends % 65536];
      const pid = fork();
      if (pid === 0) return liveInChild(live, writeEnd, leave);
      closeSync(writeEnd);
      const text = readFileSync(readEnd, 'utf8');
      closeSync(readEnd);
      const status = wait(pid);
      return {
        signal: status < 0 ? -status : null,
        exitCode: status < 0 ? null : status,
        lines: text.split('\n').filter((line) => line !== ''),
      };
    },
    arm: (folder, { kind, at, argument }) => arm(folder, faultKinds.indexOf(kind), at, argument),
    disarm: () =>
      disarm()
        .split('\n')
        .filter((line) => line !== '')
        .map(toDiskCall),
    makeRoom: () => makeRoom() !== 0,
  };
}

async function liveInChild(
  live: (say: (line: string) => void) => Promise<void>,
  writeEnd: number,
  leave: (exitCode: number) => never,
): Promise<never> {
  const say = (line: string): void => void writeSync(writeEnd, `${line}\n`);
  try {
    await live(say);
  } catch (bug) {
    say(JSON.stringify({ type: 'bug', stack: bug instanceof Error ? bug.stack : String(bug) }));
    leave(1);
  }
  return leave(0);
}

function toDiskCall(line: string): DiskCall {
  const space = line.indexOf(' ');
  return { call: line.slice(0, space) as DiskCall['call'], path: line.slice(space + 1) };
}

interface Addon {
  arm(folder: string, mode: number, at: number, argument: number): void;
  disarm(): string;
  makeRoom(): number;
  fork(): number;
  /** A negative number is a signal. */
  wait(pid: number): number;
  makePipe(): number;
  leave(exitCode: number): never;
}
