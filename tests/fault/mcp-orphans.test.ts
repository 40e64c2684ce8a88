import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';

const server = join(import.meta.dirname, '..', 'peers', 'hostile-mcp-server.main.ts');
/** With all that it starts it lives on when its input ends, and ignores SIGTERM; some of it leaves its process group. */
const behaviour = 'family';
const familySize = 4;

let place: HeddlePlace;
/** On the command line of the server and of what it starts. */
let token: string;

beforeEach(() => {
  place = createHeddlePlace();
  token = `deaf-${randomUUID()}`;
});
afterEach(async () => {
  await place.close();
  for (const pid of findProcesses(token)) process.kill(pid, 'SIGKILL');
});

async function startDeafServer() {
  place.settings({ mcpServers: [{ id: 'deaf', command: process.execPath, args: [server, behaviour, token] }] });
  const served = await place.serve();
  const [status] = await served.api.mcp.list();
  await served.api.mcp.approve({ id: 'deaf', commandHash: status?.commandHash ?? '' });
  await served.api.mcp.connect({ id: 'deaf' });
  // One more than the family is there for a moment: the parent of the one whose parent is gone.
  await vi.waitFor(() => expect(findProcesses(token)).toHaveLength(familySize), { timeout: 10_000, interval: 20 });
  const guard = findGuard();
  expect(findProcesses(guard)).toHaveLength(1);
  return { ...served, guard };
}

it.skipIf(process.platform !== 'linux')(
  'a server deaf to the end of its input and to SIGTERM dies with a host that is killed, and so does what left its group',
  async () => {
    const { kill, guard } = await startDeafServer();
    await kill();
    await vi.waitFor(() => expect(findProcesses(token)).toEqual([]), { timeout: 10_000, interval: 20 });
    await vi.waitFor(() => expect(findProcesses(guard)).toEqual([]), { timeout: 10_000, interval: 20 });
  },
);

it.skipIf(process.platform !== 'linux')('the guard of a server that was stopped goes with it', async () => {
  const { api, guard } = await startDeafServer();
  await api.mcp.stop({ id: 'deaf' });
  expect(findProcesses(token)).toEqual([]);
  await vi.waitFor(() => expect(findProcesses(guard)).toEqual([]), { timeout: 10_000, interval: 20 });
});

it.skipIf(process.platform !== 'linux')('the shell of this system finds processes by their mark as the guard does', () => {
  const marked = spawnSync('/bin/sh', ['-c', 'grep -lsazFx -- "MARK=here" /proc/self/environ'], {
    env: { MARK: 'here', PATH: process.env.PATH },
  });
  expect(marked.stdout.toString()).toBe('/proc/self/environ\n');
});

/** What stands on the command line of the guard of the server that was started: the mark that the server carries in its environment. */
function findGuard(): string {
  const environment = findProcesses(token).map((pid) => readSafely(() => readFileSync(`/proc/${pid}/environ`, 'utf8')));
  return /HEDDLE_MCP_MARK=[\w-]+/.exec(environment.join('\0'))?.[0] ?? 'no mark';
}

function findProcesses(wanted: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readSafely(() => readFileSync(`/proc/${name}/cmdline`, 'utf8')).includes(wanted))
    .map(Number);
}

function readSafely(read: () => string): string {
  try {
    return read();
  } catch {
    // Gone meanwhile.
    return '';
  }
}
