import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of standard output as JSON; for `--json`. */
  readonly lines: () => readonly Record<string, unknown>[];
}

/** A command that is running. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves with the first line of standard error or output that fits. */
  sees(pattern: RegExp): Promise<string>;
  readonly ended: Promise<Ended>;
}

const root = join(import.meta.dirname, '..', '..');

/** The real command line, from its sources. */
export function startHeddle(
  args: readonly string[],
  options: { readonly cwd: string; readonly home: string; readonly env?: NodeJS.ProcessEnv },
): RunningCommand {
  return startProgram(join(root, 'src-main', 'cli', 'main.ts'), args, options);
}

/** The host as the shell and `npm start` spawn it. */
export function startHostProgram(
  args: readonly string[],
  options: { readonly cwd: string; readonly home: string; readonly env?: NodeJS.ProcessEnv },
): RunningCommand {
  return startProgram(join(root, 'src-main', 'host', 'main.ts'), args, options, true);
}

/** Runs a command to its end. */
export function heddle(
  args: readonly string[],
  options: { readonly cwd: string; readonly home: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return startHeddle(args, options).ended;
}

function startProgram(
  program: string,
  args: readonly string[],
  { cwd, home, env }: { readonly cwd: string; readonly home: string; readonly env?: NodeJS.ProcessEnv },
  hasChannel = false,
): RunningCommand {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: home, HEDDLE_HOME: home, ...env },
    stdio: hasChannel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const seen: string[] = [];
  const waiting = new Set<() => void>();
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      seen.push(line);
      for (const look of [...waiting]) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    // Not `close`: Node never emits it for a child whose channel this side has closed.
    const exited = new Promise<number | null>((resolveExit) => child.on('exit', resolveExit));
    const drained = [child.stdout, child.stderr].map(
      (stream) => new Promise((resolveEnd) => (stream === null ? resolveEnd(null) : stream.once('close', resolveEnd))),
    );
    void Promise.all([exited, ...drained]).then(([exitCode]) =>
      resolve({
        exitCode: exitCode as number | null,
        stdout,
        stderr,
        lines: () =>
          stdout
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line)),
      }),
    );
  });
  return {
    child,
    ended,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const line = seen.find((candidate) => pattern.test(candidate));
          if (line === undefined) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        void ended.then(() => reject(new Error(`It ended without ${pattern}: ${stdout}${stderr}`)));
        look();
      }),
  };
}
