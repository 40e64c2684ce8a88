import type { JsonValue } from '#shared/base/json.ts';

/** What one script may use before it is stopped. */
export interface SandboxLimits {
  /** From the moment the script is handed to a free child until its answer. */
  readonly wallMs: number;
  /** Processor time of the child, all threads together. */
  readonly cpuMs: number;
  /** Heap of the isolate; the child's whole memory may exceed what it was at rest by this and a fixed headroom. */
  readonly memoryMb: number;
  /** UTF-8 bytes of the returned value as JSON. */
  readonly outputBytes: number;
  /** UTF-8 bytes of everything logged; what is beyond is dropped and the last entry says so. */
  readonly logBytes: number;
}

export const defaultSandboxLimits: SandboxLimits = {
  wallMs: 5_000,
  cpuMs: 2_000,
  memoryMb: 64,
  outputBytes: 1024 * 1024,
  logBytes: 64 * 1024,
};

/** One script to run. */
export interface SandboxJob {
  /** JavaScript: the body of an async function with `input` and `console` in scope that returns, or resolves to, a JSON value. */
  readonly source: string;
  readonly input: JsonValue;
  readonly limits?: Partial<SandboxLimits>;
}

/** One line that a script logged. */
export interface SandboxLogEntry {
  readonly level: 'log' | 'warn' | 'error';
  readonly text: string;
}

/** What a script that ended well gave back. `undefined` comes back as null. */
export interface SandboxResult {
  readonly value: JsonValue;
  readonly logs: readonly SandboxLogEntry[];
  readonly durationMs: number;
}

/** How the sandbox stands at this moment. */
export interface SandboxStatus {
  /** Child processes alive, the warm spare included. */
  readonly children: number;
  readonly busy: number;
  readonly queued: number;
  /** Crashes within the window, by SHA-256 of the script. */
  readonly crashes: Readonly<Record<string, number>>;
  /** True once children run inside bubblewrap; false before the first child is started. */
  readonly bubblewrap: boolean;
  /**
   * What keeps scripts off the network: `namespace` means that even the child process has none;
   * `isolate` means that only the isolate, which has no function that could reach it, stands between.
   */
  readonly networkBlockedBy: 'namespace' | 'isolate';
}

/** Runs scripts that nobody trusts. */
export interface Sandbox {
  /**
   * Runs one script and ends exactly once.
   * Rejects with `HeddleError` `sandbox.timedOut`, `sandbox.outOfMemory`, `sandbox.crashed`, `sandbox.threw` (details: message, line and
   * column in the script, logs), `sandbox.unavailable` or `run.cancelled`.
   */
  run(job: SandboxJob, signal: AbortSignal): Promise<SandboxResult>;
  status(): SandboxStatus;
  /** Refuses what waits, kills every child and resolves when none is left. */
  close(): Promise<void>;
}
