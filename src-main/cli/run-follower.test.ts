import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import { followToRest } from './run-follower.ts';

describe('a command that follows a run', () => {
  it('ends with the reason when only the watch for faults breaks', async () => {
    const api = {
      run: {
        follow: async (_input: unknown, { signal }: { signal: AbortSignal }) => endless(signal),
        watch: async () => {
          throw new HeddleError('host.unreachable', 'The host is gone');
        },
      },
    } as unknown as HeddleApi;
    await expect(followToRest(api, 'run-1', () => undefined, new AbortController().signal)).rejects.toThrow('The host is gone');
  });
});

/** A run that says nothing more. */
async function* endless(signal: AbortSignal): AsyncGenerator<never> {
  await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}
