import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How to start the host of a workspace. */
export interface HostOptions {
  readonly node: string;
  readonly file: string;
  /** Undefined: the host opens the one that was opened last. */
  readonly workspace: string | undefined;
  /** The port that a person demanded; undefined takes the last one if it is free, else any. */
  readonly fixedPort: string | undefined;
  readonly lastPort: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** The host serves at this address; called again after each restart. */
  readonly onReady: (ready: HostReady) => void;
  /** It does not start; `words` is what it said. Nothing more is tried until `retry`. */
  readonly onStuck: (words: string) => void;
  readonly onMessage?: (message: unknown, reply: (answer: object) => void) => void;
  /** The pause before the nth try in a row. */
  readonly pauseMs?: (failures: number) => number;
  /** How long a host may take to end when asked. */
  readonly patienceMs?: number;
}

/** What a host says when it serves. `url` carries the token. */
export interface HostReady {
  readonly url: string;
  readonly port: number;
  readonly workspace: string;
}

/** A host that is started again whenever it dies. */
export interface HostProcess {
  retry(): void;
  /** Asks the host to end and waits; one that does not within `patienceMs` is killed. */
  close(): Promise<void>;
}

/** Starts a host and keeps it running, with the port and the token it had, so that its window finds it again. */
export function keepHost(options: HostOptions): HostProcess {
  const { onReady, onStuck, pauseMs = defaultPauseMs, patienceMs = 8_000 } = options;
  let running: { child: ChildProcess; ended: Promise<void>; isReady: () => boolean } | undefined;
  let before: { port: number; token: string } | undefined;
  let failures = 0;
  let unreadyStarts = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;

  function start(): void {
    let readyAtMs: number | undefined;
    let words = '';
    const child = spawnHost(options, choosePort(), before?.token);
    const ended = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        words += error.message;
        resolve();
      });
      child.once('exit', () => resolve());
    });
    running = { child, ended, isReady: () => readyAtMs !== undefined };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-longestWords);
      process.stderr.write(text);
    });
    child.on('message', (message) => options.onMessage?.(message, (answer) => child.connected && child.send(answer)));
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const ready = readReady(line);
        if (ready === undefined) return void console.log(line);
        readyAtMs = performance.now();
        unreadyStarts = 0;
        before = { port: ready.port, token: new URL(ready.url).searchParams.get('token') ?? '' };
        onReady(ready);
      });
    }
    void ended.then(() => {
      running = undefined;
      if (!isClosing) onEnded(readyAtMs, words);
    });
  }

  function onEnded(readyAtMs: number | undefined, words: string): void {
    if (readyAtMs === undefined) unreadyStarts++;
    failures = readyAtMs !== undefined && performance.now() - readyAtMs > settledMs ? 0 : failures + 1;
    if (unreadyStarts >= (before === undefined ? 2 : mostUnreadyStarts)) onStuck(words.trim());
    else timer = setTimeout(start, pauseMs(failures));
  }

  /** The one it had; when starts fail another program may have taken it: then any. */
  function choosePort(): string {
    if (options.fixedPort !== undefined) return options.fixedPort;
    if (before !== undefined) return unreadyStarts < 3 ? String(before.port) : '0';
    return unreadyStarts === 0 ? String(options.lastPort ?? 0) : '0';
  }

  start();
  return {
    retry() {
      unreadyStarts = 0;
      if (running === undefined && !isClosing) start();
    },
    async close() {
      isClosing = true;
      clearTimeout(timer);
      if (running === undefined) return;
      const { child, ended, isReady } = running;
      // The closed channel is the same request on every system; a host that is still starting does not listen to it yet.
      if (isReady() && child.connected) child.disconnect();
      else child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(killer);
    },
  };
}

/** 0.2 s, doubling to 10 s. */
function defaultPauseMs(failures: number): number {
  return Math.min(10_000, 100 * 2 ** failures);
}

/** A host that ran this long has not failed at starting. */
const settledMs = 10_000;
const mostUnreadyStarts = 6;
const longestWords = 4_096;

/** The token goes through the environment, where no process list shows it. */
function spawnHost({ node, file, workspace, env }: HostOptions, port: string, token: string | undefined): ChildProcess {
  const args = [file, '--port', port, ...(workspace === undefined ? [] : ['--workspace', workspace])];
  return spawn(node, args, {
    env: { ...env, HEDDLE_READY_JSON: '1', ...(token === undefined ? {} : { HEDDLE_TOKEN: token }) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in a terminal is for us, who then end it in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
}

function readReady(line: string): HostReady | undefined {
  if (!line.startsWith('{"type":"ready"')) return undefined;
  try {
    const { url, port, workspace } = JSON.parse(line) as HostReady;
    return { url, port: port ?? Number(new URL(url).port), workspace };
  } catch {
    return undefined;
  }
}
