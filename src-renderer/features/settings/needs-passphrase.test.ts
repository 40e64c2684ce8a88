import { expect, it } from 'vitest';
import { needsPassphrase } from './needs-passphrase.ts';

it.each([
  ['locked', 'passphrase', true],
  ['new', 'none', true],
  ['new', 'passphrase', false],
  ['new', 'platform', false],
  ['unlocked', 'passphrase', false],
  ['unavailable', 'none', false],
] as const)('a store that is %s and protected by %s needs a passphrase: %s', (store, protectedBy, expected) => {
  expect(needsPassphrase({ store, protectedBy, message: null, names: [] })).toBe(expected);
});
