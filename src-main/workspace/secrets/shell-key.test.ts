import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { findShellKey, type ShellChannel } from './shell-key.ts';

const said = { HEDDLE_PLATFORM_KEY: 'shell' };

test('without the shell there is no key of the shell', () => {
  expect(findShellKey({}, createShell())).toBeUndefined();
  expect(findShellKey(said, new EventEmitter() as ShellChannel)).toBeUndefined();
});

test('a key that was stored through the shell is loaded through it, and nothing listens afterwards', async () => {
  const shell = createShell();
  const key = findShellKey(said, shell);
  expect(await key?.load()).toBeUndefined();
  await key?.store(Uint8Array.of(1, 2, 255));
  expect(await key?.load()).toEqual(Buffer.from([1, 2, 255]));
  expect(shell.listenerCount('message')).toBe(0);
});

test('a keychain that refuses is a rejection with its words', async () => {
  const shell = createShell('The keychain is locked.');
  await expect(findShellKey(said, shell)?.load()).rejects.toThrow('The keychain is locked.');
});

function createShell(error?: string): ShellChannel & EventEmitter {
  const shell = new EventEmitter();
  let kept: string | null = null;
  return Object.assign(shell, {
    send(message: object): boolean {
      const { type, key } = message as { type: string; key?: string };
      if (type === 'platformKey.store') kept = key ?? null;
      // Other messages pass on the same channel.
      shell.emit('message', { type: 'other' });
      return shell.emit('message', error === undefined ? { type: 'platformKey', key: kept } : { type: 'platformKey', key: null, error });
    },
  });
}
