import { randomInt } from 'node:crypto';
import { HeddleError } from '#shared/base/errors.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import { readLockOwner } from '../event-store/writer-lock.ts';
import { toHeddleFolder } from '../host/open-journal.ts';
import type { Configuration } from '../workspace/configuration.ts';
import { openWorkspaceFolder } from '../workspace/workspace-folder.ts';

/** The API of a workspace for one command, wherever it is answered. */
export interface Connection {
  readonly api: HeddleApi;
  /** True when a running host answers; false when this process has opened the workspace itself. */
  readonly isRemote: boolean;
  close(): Promise<void>;
}

/** What a command does to the workspace: `reading` never waits for anybody and never takes the lock. */
export type Purpose = 'running' | 'reading';

/**
 * Goes through the host that has the workspace open, if there is one; else opens the workspace in this process.
 * Rejects with `workspace.locked` when another command runs there, and `host.unreachable` when the host does not answer.
 */
export async function connect(configuration: Configuration, purpose: Purpose): Promise<Connection> {
  const { root } = openWorkspaceFolder(configuration.workspace);
  const owner = readLockOwner(toHeddleFolder(root));
  if (owner?.url !== undefined && !configuration.readOnly) return connectToHost(owner.url, configuration);
  return openHere({ ...configuration, readOnly: configuration.readOnly || purpose === 'reading' });
}

async function connectToHost(url: string, { home, token }: Configuration): Promise<Connection> {
  const [{ createHeddleClient }, { readInstallToken }, { systemClock }] = await Promise.all([
    import('#shared/contract/client.ts'),
    import('../workspace/install-token.ts'),
    import('../host/system-clock.ts'),
  ]);
  const client = createHeddleClient({
    url,
    token: token ?? readInstallToken(home),
    WebSocketImpl: WebSocket,
    random: () => randomInt(2 ** 32) / 2 ** 32,
    schedule: systemClock.schedule,
  });
  try {
    await client.api.host.info();
  } catch (error) {
    client.close();
    throw new HeddleError(
      'host.unreachable',
      `A host has this workspace open at ${url}, but it did not let this command in. Its token may be another one (give it with HEDDLE_TOKEN), or it is just stopping: try again.`,
      { cause: error },
    );
  }
  return { api: client.api, isRemote: true, close: async () => client.close() };
}

async function openHere(configuration: Configuration): Promise<Connection> {
  const [{ createHost }, { createLocalApi }] = await Promise.all([import('../host/composition.ts'), import('../api/local-api.ts')]);
  const host = createHost(configuration);
  return { api: createLocalApi(host.services), isRemote: false, close: () => host.close() };
}
