import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A child process that speaks in lines of JSON. */
export interface TalkingChild {
  readonly process: ChildProcess;
  /** The next line, or undefined when the child has said everything. */
  nextLine(): Promise<unknown>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Closes the child's input and waits for the end. */
  end(): Promise<void>;
}

/** Starts `command` with this Node first in its reach; its errors go to ours. */
export function spawnTalking(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): TalkingChild {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  return {
    process: child,
    async nextLine() {
      const { value, done } = await lines.next();
      return done === true ? undefined : JSON.parse(value);
    },
    async kill(signal) {
      child.kill(signal);
      await exited;
    },
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}
