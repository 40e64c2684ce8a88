import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { PlatformKey } from '../secrets.ts';
import { createSecretStore, type SecretStoreOptions } from './secret-store.ts';
import { findSecretToolKey } from './secret-tool-key.ts';

const key = 'sk-canary-0f1e2d3c4b5a6978';
const passphrase = 'correct horse battery';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-secrets-'));
  path = join(folder, 'home', 'secrets.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const create = (changes: Partial<SecretStoreOptions> = {}) =>
  createSecretStore({ path, environment: {}, platformKey: undefined, passphrase: undefined, cost: { N: 1024, r: 8, p: 1 }, ...changes });
const createKeychain = (): PlatformKey & { kept: Uint8Array | undefined } => ({
  kept: undefined,
  async load() {
    return this.kept;
  },
  async store(value) {
    this.kept = value;
  },
});
const refusalOf = async (promise: Promise<unknown>): Promise<HeddleError> => {
  const thrown = await promise.then(
    () => new Error('It succeeded'),
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof HeddleError)) throw thrown;
  expect(`${thrown.message} ${JSON.stringify(thrown.details)} ${thrown.stack}`).not.toContain(key);
  expect(thrown.message).not.toContain(passphrase);
  return thrown;
};

describe('keys from the environment', () => {
  it('come first, are listed, and cannot be changed', async () => {
    const secrets = create({
      passphrase,
      environment: { HEDDLE_SECRET_MY_TEAM: 'from-variable', OPENAI_API_KEY: key, ANTHROPIC_API_KEY: ' ' },
    });
    await secrets.set('my-team', 'from-store');
    expect(await Promise.all(['my-team', 'openai', 'anthropic'].map((name) => secrets.get(name)))).toEqual([
      'from-variable',
      key,
      undefined,
    ]);
    expect((await secrets.status()).names).toEqual([
      { name: 'my_team', from: 'environment' },
      { name: 'openai', from: 'environment' },
    ]);
  });

  it('work without any store', async () => {
    const secrets = create({ environment: { HEDDLE_SECRET_OPENAI: key } });
    expect(await secrets.get('openai')).toBe(key);
    expect(await secrets.get('other')).toBeUndefined();
  });
});

describe('keys in the file', () => {
  it('survive a restart, are not readable in it, and only this user may read it', async () => {
    await create({ passphrase }).set('openai', key);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(key);
    expect(text).not.toContain(Buffer.from(key).toString('base64').slice(0, 12));
    expect(text).not.toContain('openai');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'home'))).mode & 0o777).toBe(0o700);
    expect(await create({ passphrase }).get('openai')).toBe(key);
  });

  it('get their rights back when something loosened them', async () => {
    const secrets = create({ passphrase });
    await secrets.set('openai', key);
    await chmod(path, 0o644);
    await secrets.set('other', 'x');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('are all kept when many change at once', async () => {
    const secrets = create({ passphrase });
    await Promise.all(Array.from({ length: 20 }, (_, n) => secrets.set(`name-${n}`, `value-${n}`)));
    await secrets.remove('name-3');
    expect(await secrets.names()).toHaveLength(19);
    expect(await secrets.get('name-3')).toBeUndefined();
    expect(await secrets.get('__proto__')).toBeUndefined();
  });

  it('never use the same nonce twice', async () => {
    const secrets = create({ passphrase });
    const nonces = new Set<string>();
    for (let n = 0; n < 10; n += 1) {
      await secrets.set('openai', key);
      nonces.add((JSON.parse(await readFile(path, 'utf8')) as { iv: string }).iv);
    }
    expect(nonces.size).toBe(10);
  });
});

describe('the passphrase', () => {
  it('is asked for before a locked store gives or takes anything', async () => {
    await create({ passphrase }).set('openai', key);
    const secrets = create();
    expect((await refusalOf(secrets.get('openai'))).code).toBe('secret.locked');
    expect((await refusalOf(secrets.set('x', 'y'))).code).toBe('secret.locked');
    expect(await secrets.status()).toMatchObject({ store: 'locked', protectedBy: 'passphrase', names: [] });
    await secrets.unlock(passphrase);
    expect(await secrets.get('openai')).toBe(key);
    expect(await secrets.status()).toEqual({
      store: 'unlocked',
      protectedBy: 'passphrase',
      message: null,
      names: [{ name: 'openai', from: 'store' }],
    });
  });

  it('that is wrong opens nothing, and does not replace the right one', async () => {
    await create({ passphrase }).set('openai', key);
    expect((await refusalOf(create({ passphrase: 'wrong horse battery' }).get('openai'))).code).toBe('secret.locked');
    const secrets = create({ passphrase });
    expect((await refusalOf(secrets.unlock('wrong horse battery'))).code).toBe('secret.locked');
    expect(await secrets.get('openai')).toBe(key);
  });

  it('is what a new store begins with, and without one nothing is stored', async () => {
    const secrets = create();
    expect((await refusalOf(secrets.set('openai', key))).code).toBe('secret.storeUnavailable');
    expect(await secrets.status()).toMatchObject({
      store: 'new',
      protectedBy: 'none',
      message: expect.stringContaining('HEDDLE_PASSPHRASE'),
    });
    await secrets.unlock(passphrase);
    await secrets.set('openai', key);
    expect(await create({ passphrase }).get('openai')).toBe(key);
  });
});

describe('the system keychain', () => {
  it('holds the key of the store where there is one', async () => {
    const platformKey = createKeychain();
    await create({ platformKey }).set('openai', key);
    expect(platformKey.kept).toHaveLength(32);
    expect(await create({ platformKey }).get('openai')).toBe(key);
    expect(await create({ platformKey }).status()).toMatchObject({ store: 'unlocked', protectedBy: 'platform' });
  });

  it('that lost the key, or cannot be asked, leaves the store locked and says so', async () => {
    const platformKey = createKeychain();
    await create({ platformKey }).set('openai', key);
    platformKey.kept = undefined;
    expect((await refusalOf(create({ platformKey }).get('openai'))).code).toBe('secret.locked');
    const broken: PlatformKey = { load: () => Promise.reject(new Error('no bus')), store: () => Promise.reject(new Error('no bus')) };
    expect((await refusalOf(create({ platformKey: broken }).get('openai'))).message).toContain('no bus');
  });

  it('that keeps nothing is passed over for the passphrase', async () => {
    const forgetful: PlatformKey = { load: async () => undefined, store: async () => undefined };
    await create({ platformKey: forgetful, passphrase }).set('openai', key);
    expect(await create({ passphrase }).get('openai')).toBe(key);
  });

  it('is used through secret-tool, the key on standard input only', async () => {
    const program = join(folder, 'secret-tool');
    await writeFile(
      program,
      `#!/bin/sh\necho "$@" >> ${folder}/calls\nif [ "$1" = store ]; then cat > ${folder}/kept; else cat ${folder}/kept 2>/dev/null || exit 1; fi\n`,
    );
    await chmod(program, 0o755);
    const environment = { PATH: `${folder}:/usr/bin:/bin` };
    const platformKey = await findSecretToolKey(environment);
    await create({ platformKey }).set('openai', key);
    expect(await create({ platformKey }).get('openai')).toBe(key);
    expect(await readFile(join(folder, 'calls'), 'utf8')).not.toContain((await readFile(join(folder, 'kept'), 'utf8')).trim());
    expect(await findSecretToolKey({ PATH: join(folder, 'home') })).toBeUndefined();
  });
});

describe('a store that was tampered with', () => {
  it('is noticed whatever was changed', async () => {
    await create({ passphrase }).set('openai', key);
    const whole = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown> & { data: string; protection: { salt: string } };
    const flip = (text: string) => {
      const bytes = Buffer.from(text, 'base64');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    const damaged = [
      ...(['iv', 'tag', 'data'] as const).map((part) => ({ ...whole, [part]: flip(whole[part] as string) })),
      { ...whole, tag: '' },
      { ...whole, data: '' },
      { ...whole, protection: { ...whole.protection, salt: flip(whole.protection.salt) } },
      { ...whole, protection: { ...whole.protection, N: 2048 } },
      { ...whole, protection: { type: 'platform' } },
      { ...whole, protection: { ...whole.protection, N: 2 ** 30 } },
      { ...whole, version: 2 },
      'gone',
    ];
    for (const content of damaged) {
      await writeFile(path, JSON.stringify(content));
      const { code } = await refusalOf(create({ passphrase }).get('openai'));
      expect(['secret.locked', 'secret.storeUnavailable']).toContain(code);
      await refusalOf(create({ passphrase }).set('other', 'x'));
      expect(await readFile(path, 'utf8')).toBe(JSON.stringify(content));
      expect((await create({ passphrase }).status()).store).toMatch(/locked|unavailable/);
    }
  });
});
