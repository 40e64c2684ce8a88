import { implement } from '@orpc/server';
import { contract } from '#shared/contract/contract.ts';
import { toCallerError, withCallerErrors } from './refusals.ts';
import type { HostServices } from './services.ts';

/** What every handler is given. */
export interface ApiContext {
  readonly services: HostServices;
}

/**
 * The contract, ready to be given handlers: whatever they throw reaches the caller as a typed refusal.
 * Input is checked, output is ours and trusted: checking every event again would cost more than reading it from disk.
 */
export const procedures = implement(contract)
  .$context<ApiContext>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(async ({ next, path, context }) => {
    const procedure = path.join('.');
    const toError = (thrown: unknown) => toCallerError(thrown, procedure, context.services);
    try {
      const result = await next();
      return isAsyncIterator(result.output)
        ? { ...result, output: withCallerErrors(result.output, toError) as typeof result.output }
        : result;
    } catch (error) {
      throw toError(error);
    }
  });

/** Ends when the caller goes or the host closes. */
export function endOf(signal: AbortSignal | undefined, services: HostServices): AbortSignal {
  return signal === undefined ? services.closing : AbortSignal.any([signal, services.closing]);
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}
