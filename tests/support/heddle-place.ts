import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '#main/host/system-clock.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { createHeddleClient, type HeddleApi, type HeddleClient } from '#shared/contract/client.ts';
import type { RunSummary } from '#shared/run/state.ts';
import { type Ended, type RunningCommand, startHeddle, startHostProgram } from './heddle-process.ts';

/** A host process with a connection to it. */
export interface ServedHost {
  readonly api: HeddleApi;
  readonly client: HeddleClient;
  readonly url: string;
  /** The address with the token, as a person opens it. */
  readonly pageUrl: string;
  readonly host: RunningCommand;
  /** Ends it the hard way. */
  kill(): Promise<void>;
}

/** A workspace and a home of their own on disk, and the real programs in them. */
export interface HeddlePlace {
  readonly workspace: string;
  readonly home: string;
  /** Puts a file into the workspace; a value that is no text or bytes is written as JSON. */
  write(path: string, content: string | Uint8Array | object): void;
  settings(settings: JsonObject): void;
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): RunningCommand;
  serve(args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<ServedHost>;
  /** Kills what still runs and removes both folders. */
  close(): Promise<void>;
}

/** `workspace` may be a folder that is already there, which then stays. */
export function createHeddlePlace(options: { readonly workspace?: string; readonly env?: NodeJS.ProcessEnv } = {}): HeddlePlace {
  const workspace = options.workspace ?? realpathSync(mkdtempSync(join(tmpdir(), 'heddle-place-')));
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-home-')));
  const processes: RunningCommand[] = [];
  const clients: HeddleClient[] = [];
  const surroundings = (env: NodeJS.ProcessEnv) => ({ cwd: workspace, home, env: { ...options.env, ...env } });

  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand => {
    const running = startHeddle(args, surroundings(env));
    processes.push(running);
    return running;
  };
  return {
    workspace,
    home,
    write(path, content) {
      const target = join(workspace, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content));
    },
    settings: (settings) => writeFileSync(join(home, 'settings.json'), JSON.stringify(settings)),
    start,
    run: (args, env) => start(args, env).ended,
    async serve(args = [], env = {}) {
      const host = startHostProgram(['--workspace', workspace, ...args], surroundings({ HEDDLE_READY_JSON: '1', ...env }));
      processes.push(host);
      const { url } = JSON.parse(await host.sees(/"type":"ready"/)) as { url: string };
      const { origin, searchParams } = new URL(url);
      const client = createHeddleClient({
        url: origin,
        token: searchParams.get('token') ?? '',
        WebSocketImpl: WebSocket,
        random: () => 0,
        schedule: systemClock.schedule,
      });
      clients.push(client);
      const kill = async () => {
        client.close();
        host.child.kill('SIGKILL');
        await host.ended;
      };
      return { api: client.api, client, url: origin, pageUrl: url, host, kill };
    },
    async close() {
      for (const client of clients) client.close();
      for (const { child, ended } of processes) {
        child.kill('SIGKILL');
        await ended;
      }
      if (options.workspace === undefined) rmSync(workspace, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Resolves with how a run stands once it has ended, waits for a person, or was stopped by a fault. */
export async function whenAtRest(api: HeddleApi, runId: string): Promise<RunSummary> {
  const leaving = new AbortController();
  try {
    for await (const summary of await api.run.watch(undefined, { signal: leaving.signal })) {
      if (summary.runId === runId && (summary.error !== null || !['running', 'cancelling'].includes(summary.status)))
        return summary as RunSummary;
    }
    throw new Error('The host stopped telling of runs');
  } finally {
    leaving.abort();
  }
}
