import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createHeddleClient, type HeddleApi, type HeddleClient } from '#shared/contract/client.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import type { MortalOrders } from './mortal-orders.ts';

/** A host in a process of its own that may die at any moment. */
export interface MortalHost {
  readonly pid: number;
  /** How it ended; a host that was never started properly ends too. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Starts the run when there is none yet, answers every question, sends every signal and gives the run's end; undefined when the host died first. */
  driveToEnd(drive: Drive): Promise<RunState | undefined>;
  /** The processes that it started, and theirs. */
  descendants(): readonly number[];
  kill(): Promise<void>;
}

/** What a person does at a host. */
export interface Drive {
  readonly start: (api: HeddleApi) => Promise<{ readonly runId: string }>;
  readonly answer: (approval: OpenApproval) => ApprovalAnswer;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Starts a host and waits until it serves, or until it has died on the way. */
export async function startMortalHost(orders: MortalOrders, home: string, program: string): Promise<MortalHost> {
  const child = spawn(process.execPath, [program, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, HOME: home, HEDDLE_HOME: home, NODE_NO_WARNINGS: '1' },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const exited = (once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>).then(([code, signal]) => ({ code, signal }));
  const address = await Promise.race([readFirstLine(child), exited.then(() => undefined)]);
  const { signal } = child.signalCode === null ? { signal: null } : await exited;
  if (address === undefined && signal !== 'SIGKILL') throw new Error(`The host did not start: ${stderr}`);

  return {
    pid: child.pid ?? 0,
    exited,
    driveToEnd: async (drive) => {
      if (address === undefined) return undefined;
      const client = createHeddleClient({ ...address, WebSocketImpl: WebSocket, random: () => 0.5, schedule: later });
      try {
        const end = follow(client, drive).catch(async (error: unknown) => {
          // A broken connection is one of the ways to notice a death.
          if (child.exitCode === null && child.signalCode === null) await Promise.race([exited, rejectSoon(error)]);
          return undefined;
        });
        return await Promise.race([end, exited.then(() => undefined)]);
      } finally {
        client.close();
      }
    },
    descendants: () => listDescendants(child.pid ?? 0),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function readFirstLine(child: ChildProcess): Promise<{ readonly url: string; readonly token: string } | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  return undefined;
}

async function follow(client: HeddleClient, { start, answer, onEvent }: Drive): Promise<RunState | undefined> {
  const { api } = client;
  const runId = (await api.run.list({}))[0]?.runId ?? (await start(api)).runId;
  const ended = new AbortController();
  const answering = answerAll(api, answer, ended.signal);
  let state: RunState | null = null;
  let isLive = false;
  const signalled = new Set<string>();
  const following = (async () => {
    for await (const item of client.followRun(runId, {})) {
      isLive ||= item.type === 'caughtUp';
      if (item.type === 'event') {
        const event = item.event as unknown as RunEvent;
        state = reduceRun(state, event);
        onEvent?.(event);
      }
      // Before that, a wait that looks open may have had its signal.
      if (isLive) await sendAwaited(api, state, signalled);
    }
  })();
  try {
    await Promise.race([following, answering.then(() => following)]);
  } finally {
    ended.abort();
    await answering.catch(() => undefined);
  }
  return state ?? undefined;
}

/** Each question once in the life of a host; one that was answered a moment before is somebody else's. */
async function answerAll(api: HeddleApi, answer: Drive['answer'], signal: AbortSignal): Promise<void> {
  const answered = new Set<string>();
  try {
    for await (const approvals of await api.approval.watch(undefined, { signal })) {
      for (const approval of approvals.filter(({ approvalId }) => !answered.has(approvalId))) {
        answered.add(approval.approvalId);
        await api.approval.decide({ runId: approval.runId, approvalId: approval.approvalId, answer: answer(approval), by: 'user' });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Each signal that is waited for, once in the life of a host. */
async function sendAwaited(api: HeddleApi, state: RunState | null, signalled: Set<string>): Promise<void> {
  for (const { frame, name } of state?.openSignalWaits ?? []) {
    if (state === null || signalled.has(frame)) continue;
    signalled.add(frame);
    await api.run.signal({ runId: state.runId, name, payload: 'Kim', by: 'user' });
  }
}

function later(delayMs: number, wake: () => void): () => void {
  const timer = setTimeout(wake, delayMs);
  return () => clearTimeout(timer);
}

/** The exit of a process is sometimes seen long after the end of its connections; a living host that refuses is a failure of the test. */
function rejectSoon(error: unknown): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(error), 20_000));
}

function listDescendants(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.flatMap((child) => [child, ...listDescendants(child)]);
  } catch {
    // It is gone.
    return [];
  }
}
