import { type ChildProcess, spawn as spawnChild } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '#shared/base/clock.ts';
import { guardAgainstHostDeath } from './host-death-guard.ts';
import { createLineReader } from './line-framing.ts';
import { markVariable, type ProcessGroup, toProcessGroup } from './process-group.ts';

export interface StdioServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
}

/** Starts a program; tests may watch or replace it. */
export type SpawnServer = (server: StdioServer) => ChildProcess;

/** How a server's process ended, or why it was ended by us. */
export type ServerEnd =
  | { readonly type: 'exited'; readonly code: number | null; readonly signal: string | null }
  | { readonly type: 'stopped' }
  | { readonly type: 'misbehaved'; readonly reason: string };

/** A transport of the MCP SDK over the standard streams of a process in a group of its own. */
export interface StdioTransport extends Transport {
  /** Undefined while the process runs. */
  readonly end: ServerEnd | undefined;
  /** The last of what the server wrote to standard error, and what it wrote to standard output that was no message. */
  log(): string;
}

/** The code of the error that stands in for an answer too long to be read. */
export const tooLongAnswerCode = -32_901;

/** A line holds one message; an answer beyond this is not read. */
const longestLineBytes = 8 * 1024 * 1024;
const logBytes = 16 * 1024;
/** A server that says more than this in a second without being asked is stopped. */
const mostUnaskedPerSecond = 2_000;
/** How long the streams of a server that has ended are still read. */
const lastWordsMs = 100;
/** A server that reads nothing while we write must not fill our memory. */
const mostUnreadBytes = 16 * 1024 * 1024;

/** A transport that starts the server when the SDK connects and ends its whole process group when it closes. */
export function createStdioTransport(server: StdioServer, clock: Clock, spawn: SpawnServer = spawnServer): StdioTransport {
  const mark = randomUUID();
  let child: ChildProcess | undefined;
  let group: ProcessGroup | undefined;
  let end: ServerEnd | undefined;
  let closing: Promise<void> | undefined;
  let isClosed = false;
  let logTail = '';
  const unasked = { sinceMs: 0, count: 0 };

  const addLog = (text: string) => {
    logTail = (logTail + text).slice(-logBytes);
  };
  const close = (reason: ServerEnd): Promise<void> => {
    end ??= reason;
    closing ??= (async () => {
      child?.stdin?.destroy();
      child?.stdout?.destroy();
      // Told at once: whoever waits for an answer must not wait for the processes to end.
      sayClosed();
      await group?.end();
      child?.stderr?.destroy();
    })();
    return closing;
  };
  const sayClosed = () => {
    if (isClosed) return;
    isClosed = true;
    transport.onclose?.();
  };
  const deliver = (message: JSONRPCMessage) => {
    if ('method' in message) {
      const nowMs = clock.monotonicMs();
      if (nowMs - unasked.sinceMs >= 1000) Object.assign(unasked, { sinceMs: nowMs, count: 0 });
      unasked.count += 1;
      if (unasked.count > mostUnaskedPerSecond) {
        void close({ type: 'misbehaved', reason: `it sent more than ${mostUnaskedPerSecond} messages in a second without being asked` });
        return;
      }
    }
    transport.onmessage?.(message);
  };
  const reader = createLineReader(longestLineBytes, {
    onLine: (line) => {
      if (end !== undefined || line.trim() === '') return;
      const message = parseMessage(line);
      if (message === undefined) addLog(`[not a message] ${line.slice(0, 500)}\n`);
      else deliver(message);
    },
    onTooLong: (head, tail) => {
      addLog(`[dropped: a line of more than ${longestLineBytes} bytes]\n`);
      const id = findMessageId(head, tail);
      if (id !== undefined)
        deliver({
          jsonrpc: '2.0',
          id,
          error: { code: tooLongAnswerCode, message: `The answer is longer than ${longestLineBytes} bytes.` },
        });
    },
  });

  const transport: StdioTransport = {
    get end() {
      return end;
    },
    log: () => logTail,
    start: () =>
      new Promise((resolve, reject) => {
        const guard = guardAgainstHostDeath(markVariable, mark);
        const started = spawn({ ...server, env: { ...server.env, [markVariable]: mark } });
        child = started;
        if (started.pid === undefined) guard.release();
        else group = toProcessGroup(started, started.pid, mark, guard, clock);
        started.once('spawn', () => resolve());
        started.once('error', (error) => {
          end ??= { type: 'misbehaved', reason: error.message };
          reject(error);
          sayClosed();
        });
        started.once('exit', (code, signal) => {
          // What it said last may still be under way; but a grandchild may hold the streams open long after the server is gone.
          const onEnd = () => void close({ type: 'exited', code, signal });
          const cancel = clock.schedule(lastWordsMs, onEnd);
          started.once('close', () => {
            cancel();
            onEnd();
          });
        });
        started.stdout?.on('data', reader.add);
        // Without its output a server that lives on cannot answer any more.
        started.stdout?.once('end', () =>
          clock.schedule(lastWordsMs, () => void close({ type: 'misbehaved', reason: 'it closed its output' })),
        );
        started.stderr?.setEncoding('utf8').on('data', addLog);
        for (const stream of [started.stdin, started.stdout, started.stderr]) stream?.on('error', () => undefined);
      }),
    send: async (message) => {
      const stdin = child?.stdin;
      if (stdin === null || stdin === undefined || end !== undefined) throw new Error('The server is not running.');
      if (stdin.writableLength > mostUnreadBytes) {
        await close({ type: 'misbehaved', reason: 'it does not read what it is sent' });
        throw new Error('The server does not read what it is sent.');
      }
      stdin.write(`${JSON.stringify(message)}\n`);
    },
    close: () => close({ type: 'stopped' }),
  };
  return transport;
}

/** In a process group of its own (so that all of it can be ended), without a shell, with this environment and no more. */
const spawnServer: SpawnServer = ({ command, args, env, cwd }) =>
  spawnChild(command, [...args], {
    env,
    ...(cwd === undefined ? {} : { cwd }),
    detached: process.platform !== 'win32',
    shell: false,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });

function parseMessage(line: string): JSONRPCMessage | undefined {
  try {
    return JSONRPCMessageSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * The id of an answer of which only the ends are known: it stands at the beginning, or before the last brace. Nothing inside the
 * result can stand there.
 */
function findMessageId(head: string, tail: string): number | undefined {
  if (!/^\s*\{/.test(head)) return undefined;
  const atStart = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*,/.exec(head);
  const atEnd = /,\s*"id"\s*:\s*(\d{1,15})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(tail);
  const id = (atStart ?? atEnd)?.[1];
  return id === undefined ? undefined : Number(id);
}
