import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';
import { toCanonicalJson } from '#shared/base/json.ts';

/** How hard guessing a passphrase is made: scrypt's costs. */
export interface PassphraseCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 2^17 · 8 · 128 bytes = 128 MiB and about half a second a guess. */
export const defaultPassphraseCost: PassphraseCost = { N: 2 ** 17, r: 8, p: 1 };

/** The limits keep a doctored file from eating the memory. */
const protectionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('platform') }),
  z.strictObject({
    type: z.literal('passphrase'),
    salt: z.base64(),
    N: z
      .int()
      .min(2)
      .max(2 ** 18),
    r: z.int().min(1).max(16),
    p: z.int().min(1).max(4),
  }),
]);
/** What opens a sealed box: the key in the platform's keychain, or a passphrase. */
export type Protection = z.infer<typeof protectionSchema>;

/** The content of `secrets.json`: all secrets in one box, so that none can be swapped, dropped or renamed unnoticed. */
export const sealedSecretsSchema = z.strictObject({
  version: z.literal(1),
  protection: protectionSchema,
  iv: z.base64(),
  tag: z.base64(),
  data: z.base64(),
});
export type SealedSecrets = z.infer<typeof sealedSecretsSchema>;

const contentSchema = z.record(z.string(), z.string());
export type SecretValues = Readonly<Record<string, string>>;

export const keyBytes = 32;

/** Encrypts with AES-256-GCM; the header is authenticated with the content. */
export function sealSecrets(values: SecretValues, key: Uint8Array, protection: Protection): SealedSecrets {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(toHeader(protection));
  const data = Buffer.concat([cipher.update(JSON.stringify(values), 'utf8'), cipher.final()]);
  return { version: 1, protection, iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

/** The values, or undefined when the key is wrong or a single bit of the box was changed. */
export function openSecrets(sealed: SealedSecrets, key: Uint8Array): SecretValues | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), { authTagLength: tagBytes });
    decipher.setAAD(toHeader(sealed.protection));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]).toString('utf8');
    return contentSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A new passphrase protection with a salt of its own. */
export function createPassphraseProtection(cost: PassphraseCost): Extract<Protection, { type: 'passphrase' }> {
  return { type: 'passphrase', salt: randomBytes(16).toString('base64'), N: cost.N, r: cost.r, p: cost.p };
}

/** The key that a passphrase stands for. */
export function toPassphraseKey(passphrase: string, { salt, N, r, p }: Extract<Protection, { type: 'passphrase' }>): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const maxmem = 256 * N * r + 2 ** 20;
    scrypt(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64'), keyBytes, { N, r, p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

const tagBytes = 16;

function toHeader(protection: Protection): Buffer {
  return Buffer.from(toCanonicalJson({ version: 1, protection }));
}
