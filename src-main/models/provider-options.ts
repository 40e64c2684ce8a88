import type { Clock } from '#shared/base/clock.ts';
import type { CallLimits } from './wire/call-limits.ts';

/** What a provider that speaks over the network is made of. */
export interface ProviderOptions {
  readonly id: string;
  /** How the provider is called in messages. */
  readonly label: string;
  readonly baseUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Names known from the configuration, for servers that cannot list theirs. */
  readonly models: readonly string[];
  /** The name of the key in the secret store; undefined when the provider wants none. */
  readonly keyName: string | undefined;
  /** Asked at every call, so that a changed key works at once. Resolves to undefined when there is no such key. */
  readonly readKey: () => Promise<string | undefined>;
  readonly clock: Clock;
  readonly limits: CallLimits;
}
