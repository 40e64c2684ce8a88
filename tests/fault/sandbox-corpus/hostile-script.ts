import type { JsonValue } from '#shared/base/json.ts';

/** How a script may end: it returned, or the code of the refusal. */
export type Ending = 'returned' | 'sandbox.threw' | 'sandbox.timedOut' | 'sandbox.outOfMemory' | 'sandbox.crashed';

/**
 * One script that means harm, and what must hold. For every script: it ends, the host answers the next call soon, no canary is seen.
 * In scope, besides what every script has: `input.canaryFile`, the path of a file it must never read, and
 * `input.canaryVariable`, the name of an environment variable and of a global of the host.
 */
export interface HostileScript {
  readonly name: string;
  readonly source: string;
  /** The endings that are right; one of them must happen. */
  readonly ends: readonly Ending[];
  /** When it returns, exactly this. */
  readonly value?: JsonValue;
}

export const stopped = ['sandbox.timedOut', 'sandbox.outOfMemory'] as const satisfies readonly Ending[];
export const outOfMemory = [
  'sandbox.outOfMemory',
  'sandbox.crashed',
  'sandbox.threw',
  'sandbox.timedOut',
] as const satisfies readonly Ending[];
export const threw = ['sandbox.threw'] as const satisfies readonly Ending[];
export const returned = ['returned'] as const satisfies readonly Ending[];
