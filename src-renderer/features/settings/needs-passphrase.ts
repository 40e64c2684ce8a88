import type { SecretStatus } from '#shared/contract/settings.ts';

/** True when nothing can be stored before a person has entered a passphrase: the store is locked, or is to be made and has no other protection. */
export function needsPassphrase({ store, protectedBy }: SecretStatus): boolean {
  return store === 'locked' || (store === 'new' && protectedBy === 'none');
}
