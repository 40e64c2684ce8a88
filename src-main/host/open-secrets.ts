import { join } from 'node:path';
import { once } from '#shared/base/once.ts';
import type { Secrets } from '../workspace/secrets.ts';

/** The keys of this user; the store is opened with the first question. */
export function openSecrets(home: string): Secrets {
  const store = once(async () => {
    const [{ createSecretStore }, { findSecretToolKey }, { findShellKey }] = await Promise.all([
      import('../workspace/secrets/secret-store.ts'),
      import('../workspace/secrets/secret-tool-key.ts'),
      import('../workspace/secrets/shell-key.ts'),
    ]);
    return createSecretStore({
      path: join(home, 'secrets.json'),
      environment: process.env,
      // The keyring first: the command line reaches it too.
      platformKey: (await findSecretToolKey(process.env)) ?? findShellKey(process.env, process),
      passphrase: process.env.HEDDLE_PASSPHRASE,
    });
  });
  return {
    get: async (name) => (await store()).get(name),
    set: async (name, value) => (await store()).set(name, value),
    remove: async (name) => (await store()).remove(name),
    names: async () => (await store()).names(),
    status: async () => (await store()).status(),
    unlock: async (passphrase) => (await store()).unlock(passphrase),
  };
}
