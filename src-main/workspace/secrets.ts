import type { SecretStatus } from '#shared/contract/settings.ts';

/** Keys by name, kept outside of every workspace. Values leave only through `get`. */
export interface Secrets {
  /** The value, or undefined when nobody has it. Rejects with `secret.locked` when the store might have it but is locked. */
  get(name: string): Promise<string | undefined>;
  /** Rejects with `secret.locked`, or with `secret.storeUnavailable` when nothing can protect a store here. */
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** All names. Rejects with `secret.locked`; `status` says what is known even then. */
  names(): Promise<readonly string[]>;
  status(): Promise<SecretStatus>;
  /** Opens the store with its passphrase, or sets the passphrase of a new one. Rejects with `secret.locked` when it is wrong. */
  unlock(passphrase: string): Promise<void>;
}

/** A place of the platform that keeps the store's key for this user: the system keychain. */
export interface PlatformKey {
  /** The key, undefined when none was stored yet. Rejects when the keychain cannot be asked now. */
  load(): Promise<Uint8Array | undefined>;
  store(key: Uint8Array): Promise<void>;
}
