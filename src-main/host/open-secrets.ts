import { join } from 'node:path';
import type { Secrets } from '../workspace/secrets.ts';
import { once } from './once.ts';

/** The keys of this user; the store is opened with the first question. */
export function openSecrets(home: string): Secrets {
  const store = once(async () => {
    const [{ createSecretStore }, { findSecretToolKey }] = await Promise.all([
      import('../workspace/secrets/secret-store.ts'),
      import('../workspace/secrets/secret-tool-key.ts'),
    ]);
    return createSecretStore({
      path: join(home, 'secrets.json'),
      environment: process.env,
      platformKey: await findSecretToolKey(process.env),
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
