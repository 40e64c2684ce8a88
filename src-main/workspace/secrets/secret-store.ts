import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import type { SecretStatus } from '#shared/contract/settings.ts';
import { isMissing, toDiskRefusal } from '../disk-refusals.ts';
import { replaceFile } from '../durable-file.ts';
import type { PlatformKey, Secrets } from '../secrets.ts';
import { createEnvironmentSecrets, toSecretVariable } from './environment-secrets.ts';
import {
  createPassphraseProtection,
  defaultPassphraseCost,
  keyBytes,
  openSecrets,
  type PassphraseCost,
  type Protection,
  type SealedSecrets,
  type SecretValues,
  sealedSecretsSchema,
  sealSecrets,
  toPassphraseKey,
} from './secret-cipher.ts';

export interface SecretStoreOptions {
  /** `HEDDLE_HOME/secrets.json`. */
  readonly path: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The system keychain, where there is one. */
  readonly platformKey: PlatformKey | undefined;
  /** From `HEDDLE_PASSPHRASE`; else `unlock` gives it. */
  readonly passphrase: string | undefined;
  readonly cost?: PassphraseCost;
}

/** A key that was found to open the box, with the protection it belongs to. */
interface FoundKey {
  readonly key: Uint8Array;
  readonly protection: Protection;
}

/**
 * Secrets from environment variables first, then from one encrypted file that only this user may read.
 * The file's key comes from the system keychain where there is one, else from a passphrase; a file keeps the protection it began with.
 */
export function createSecretStore({
  path,
  environment,
  platformKey,
  passphrase: givenPassphrase,
  cost = defaultPassphraseCost,
}: SecretStoreOptions): Secrets {
  const variables = createEnvironmentSecrets(environment);
  let passphrase = givenPassphrase || undefined;
  let found: FoundKey | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  /** Reads and writes one after the other, so that two changes never lose one. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work, work);
    queue = result.catch(() => undefined);
    return result;
  };

  const open = async (sealed: SealedSecrets): Promise<{ values: SecretValues; key: FoundKey }> => {
    if (found !== undefined && isSame(found.protection, sealed.protection)) {
      const values = openSecrets(sealed, found.key);
      if (values !== undefined) return { values, key: found };
    }
    const key = { protection: sealed.protection, key: await findKey(sealed.protection) };
    const values = openSecrets(sealed, key.key);
    if (values === undefined) throw toWrongKey(sealed.protection, path);
    found = key;
    return { values, key };
  };
  const findKey = async (protection: Protection): Promise<Uint8Array> => {
    if (protection.type === 'passphrase') {
      if (passphrase === undefined)
        throw new HeddleError(
          'secret.locked',
          'The stored keys are locked. Unlock them with the passphrase in Settings, or set HEDDLE_PASSPHRASE.',
        );
      return toPassphraseKey(passphrase, protection);
    }
    const key = await loadPlatformKey();
    if (key === undefined) {
      throw new HeddleError(
        'secret.locked',
        `The stored keys belong to a key that the system keychain does not have. Restore the keychain, or delete ${path} and enter the keys anew.`,
      );
    }
    return key;
  };
  const loadPlatformKey = async (): Promise<Uint8Array | undefined> => {
    try {
      const key = await platformKey?.load();
      return key?.length === keyBytes ? key : undefined;
    } catch (thrown) {
      throw new HeddleError(
        'secret.locked',
        `The system keychain did not give the key of the stored keys (${toWords(thrown)}). Unlock the keychain and try again.`,
      );
    }
  };
  /** The protection of a store that does not exist yet. */
  const createKey = async (): Promise<FoundKey> => {
    const fromPlatform = await createPlatformKey();
    if (fromPlatform !== undefined) return { key: fromPlatform, protection: { type: 'platform' } };
    if (passphrase !== undefined) {
      const protection = createPassphraseProtection(cost);
      return { key: await toPassphraseKey(passphrase, protection), protection };
    }
    throw new HeddleError('secret.storeUnavailable', `No system keychain was found, so stored keys need a passphrase. ${noStoreAdvice}`);
  };
  const createPlatformKey = async (): Promise<Uint8Array | undefined> => {
    if (platformKey === undefined) return undefined;
    try {
      const existing = await platformKey.load();
      if (existing?.length === keyBytes) return existing;
      const key = randomBytes(keyBytes);
      await platformKey.store(key);
      // Some keychains take a value and do not keep it: better to know now than when the keys are needed.
      const kept = await platformKey.load();
      return kept !== undefined && key.equals(kept) ? key : undefined;
    } catch {
      return undefined;
    }
  };

  const change = (work: (values: SecretValues) => SecretValues) =>
    inTurn(async () => {
      const sealed = await readSealed(path);
      const { values, key } = sealed === undefined ? { values: {}, key: await createKey() } : await open(sealed);
      await writeSealed(path, sealSecrets(work(values), key.key, key.protection));
      found = key;
    });
  const readValues = async (): Promise<SecretValues> => {
    const sealed = await readSealed(path);
    return sealed === undefined ? {} : (await open(sealed)).values;
  };

  const summarize = async (): Promise<Omit<SecretStatus, 'names'> & { stored: readonly string[] }> => {
    const sealed = await readSealed(path);
    if (sealed === undefined) {
      if (platformKey !== undefined) return { store: 'new', protectedBy: 'platform', message: null, stored: [] };
      if (passphrase !== undefined) return { store: 'new', protectedBy: 'passphrase', message: null, stored: [] };
      return { store: 'new', protectedBy: 'none', message: `Stored keys will need a passphrase. ${noStoreAdvice}`, stored: [] };
    }
    const protectedBy = sealed.protection.type;
    try {
      return { store: 'unlocked', protectedBy, message: null, stored: Object.keys((await open(sealed)).values) };
    } catch (thrown) {
      if (!(thrown instanceof HeddleError)) throw thrown;
      return { store: 'locked', protectedBy, message: thrown.message, stored: [] };
    }
  };

  return {
    get: (name) => inTurn(async () => variables.get(name) ?? ownValue(await readValues(), name)),
    set: (name, value) => change((values) => ({ ...values, [name]: value })),
    remove: (name) => change((values) => Object.fromEntries(Object.entries(values).filter(([key]) => key !== name))),
    names: () => inTurn(async () => [...new Set([...variables.names(), ...Object.keys(await readValues())])].sort()),
    status: () =>
      inTurn(async () => {
        const { stored, ...status } = await summarize().catch((thrown: unknown) => {
          if (!(thrown instanceof HeddleError)) throw thrown;
          return { store: 'unavailable' as const, protectedBy: 'none' as const, message: thrown.message, stored: [] };
        });
        const fromEnvironment = variables.names();
        const isHidden = (name: string) => variables.get(name) !== undefined;
        return {
          ...status,
          names: [
            ...fromEnvironment.map((name) => ({ name, from: 'environment' as const })),
            ...stored.filter((name) => !isHidden(name)).map((name) => ({ name, from: 'store' as const })),
          ],
        };
      }),
    unlock: (given) =>
      inTurn(async () => {
        const sealed = await readSealed(path);
        const before = passphrase;
        passphrase = given;
        if (sealed === undefined) return;
        found = undefined;
        await open(sealed).catch((thrown: unknown) => {
          passphrase = before;
          throw thrown;
        });
      }),
  };
}

const noStoreAdvice = `Choose one in Settings, set HEDDLE_PASSPHRASE, or give each key by an environment variable such as ${toSecretVariable('openai')}.`;

function ownValue(values: SecretValues, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

async function readSealed(path: string): Promise<SealedSecrets | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw new HeddleError(
      'secret.storeUnavailable',
      `The stored keys in ${path} cannot be read (${toWords(thrown)}). Check who owns the file.`,
    );
  }
  const sealed = sealedSecretsSchema.safeParse(tryParseJson(text));
  if (sealed.success) return sealed.data;
  throw new HeddleError(
    'secret.storeUnavailable',
    `${path} is damaged: it is not a store of keys any more. Restore it from a backup, or delete it and enter the keys anew.`,
  );
}

async function writeSealed(path: string, sealed: SealedSecrets): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, `${JSON.stringify(sealed, null, 2)}\n`, 0o600);
  } catch (thrown) {
    throw toDiskRefusal(thrown, 'store the key');
  }
}

function toWrongKey(protection: Protection, path: string): HeddleError {
  const message =
    protection.type === 'passphrase'
      ? `The passphrase does not open the stored keys: it is wrong, or ${path} was changed by something else.`
      : `The stored keys do not open with the key in the system keychain: the keychain was reset, or ${path} was changed by something else. Restore the file, or delete it and enter the keys anew.`;
  return new HeddleError('secret.locked', message);
}

function isSame(left: Protection, right: Protection): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function toWords(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
