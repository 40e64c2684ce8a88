import { readFileSync, writeFileSync } from 'node:fs';
import { safeStorage } from 'electron';

/**
 * Keeps the key of the host's secrets sealed by the system's keychain. The host asks over the channel it was started with:
 * `{type: 'platformKey.load'}` or `{type: 'platformKey.store', key}` (base64), answered by `{type: 'platformKey', key | null, error?}`.
 */
export function createPlatformKeyKeeper(path: string): (message: unknown, reply: (answer: object) => void) => void {
  return (message, reply) => {
    const request = message as { readonly type?: unknown; readonly key?: unknown } | null;
    try {
      if (request?.type === 'platformKey.load') reply({ type: 'platformKey', key: load(path) });
      if (request?.type === 'platformKey.store' && typeof request.key === 'string') {
        writeFileSync(path, safeStorage.encryptString(request.key), { mode: 0o600 });
        reply({ type: 'platformKey', key: request.key });
      }
    } catch (error) {
      reply({ type: 'platformKey', key: null, error: error instanceof Error ? error.message : String(error) });
    }
  };
}

/** Whether the system really protects what it is given: Linux without a keyring only obscures it. */
export function canKeepPlatformKey(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

function load(path: string): string | null {
  try {
    return safeStorage.decryptString(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
