import { HeddleError } from '#shared/base/errors.ts';
import type { PlatformKey } from '../secrets.ts';

/** The channel to the process that started the host; `process` is one. */
export interface ShellChannel {
  send?(message: object): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** The key as the desktop shell keeps it in the system's keychain; undefined unless the shell said that it can. */
export function findShellKey(environment: Readonly<Record<string, string | undefined>>, channel: ShellChannel): PlatformKey | undefined {
  if (environment.HEDDLE_PLATFORM_KEY !== 'shell' || channel.send === undefined) return undefined;
  return {
    load: async () => {
      const key = await ask(channel, { type: 'platformKey.load' });
      return key === null ? undefined : Buffer.from(key, 'base64');
    },
    store: async (key) => {
      await ask(channel, { type: 'platformKey.store', key: Buffer.from(key).toString('base64') });
    },
  };
}

/** The keychain may ask its user for a password first. */
const longestMs = 60_000;

/** One question at a time: the store of secrets asks in turn. */
function ask(channel: ShellChannel, question: object): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const end = (outcome: () => void): void => {
      clearTimeout(timer);
      channel.off('message', listen);
      outcome();
    };
    const listen = (message: unknown): void => {
      const answer = message as { readonly type?: unknown; readonly key?: string | null; readonly error?: string } | null;
      if (answer?.type !== 'platformKey') return;
      end(() => (answer.error === undefined ? resolve(answer.key ?? null) : reject(new Error(answer.error))));
    };
    const timer = setTimeout(
      () => end(() => reject(new HeddleError('secret.locked', 'The system keychain did not answer within a minute.'))),
      longestMs,
    );
    channel.on('message', listen);
    channel.send?.(question);
  });
}
