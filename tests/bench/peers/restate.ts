import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A Restate server of its own, single node, with a service of chains in a process beside it. */
export interface Restate {
  /** One chain of durable steps; gives milliseconds. */
  timeChain(steps: number): Promise<number>;
  /** `count` chains side by side; gives the milliseconds from the first request to the last answer. */
  timeChains(count: number, steps: number): Promise<number>;
  close(): Promise<void>;
}

/** Starts the server from its npm package, with its data below `folder`, and registers the service. */
export async function startRestate(folder: string): Promise<Restate> {
  const data = resolve(mkdtempSync(join(folder, 'restate-')));
  const [ingress, admin, node, endpoint] = (await Promise.all([freePort(), freePort(), freePort(), freePort()])) as [
    number,
    number,
    number,
    number,
  ];
  const service = spawn(process.execPath, [fileURLToPath(new URL('./restate-service.ts', import.meta.url)), String(endpoint)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const server = spawn(findServer(), ['--no-logo', '--base-dir', data, '--node-name', 'bench', '--listen-mode', 'tcp'], {
    cwd: data,
    env: {
      ...process.env,
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_LOG_FILTER: 'error,octocrab=off',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_PORT: String(node),
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      DO_NOT_TRACK: '1',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const close = async () => {
    await Promise.all([end(server), end(service)]);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      Promise.all([once(service.stdout as NodeJS.ReadableStream, 'data'), untilAnswers(`http://127.0.0.1:${admin}/health`)]),
      once(server, 'exit').then(([code]) => Promise.reject(new Error(`restate-server ended with ${code}`))),
    ]);
    await post(`http://127.0.0.1:${admin}/deployments`, { uri: `http://127.0.0.1:${endpoint}` });
    await untilAnswers(`http://127.0.0.1:${ingress}/restate/health`);
  } catch (error) {
    await close();
    throw error;
  }
  const chain = (steps: number) => post(`http://127.0.0.1:${ingress}/chain/run`, steps);
  return {
    async timeChain(steps) {
      const begin = performance.now();
      await chain(steps);
      return performance.now() - begin;
    },
    async timeChains(count, steps) {
      const begin = performance.now();
      await Promise.all(Array.from({ length: count }, () => chain(steps)));
      return performance.now() - begin;
    },
    close,
  };
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
}

/** The binary lies in a package per platform, beside the package that names them. */
function findServer(): string {
  const manifest = createRequire(import.meta.url).resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/package.json`);
  return join(dirname(manifest), 'bin', 'restate-server');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

async function untilAnswers(url: string): Promise<void> {
  for (const deadline = performance.now() + 60_000; ; ) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    if (performance.now() > deadline) throw new Error(`${url} did not answer within a minute`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
