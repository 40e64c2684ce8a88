import { createRouterClient } from '@orpc/server';
import { createApi, type HeddleApi } from '#shared/contract/client.ts';
import { router } from './router.ts';
import type { HostServices } from './services.ts';

type Caller = (input: unknown, options: object) => Promise<unknown>;

/** The API of a host in this very process: the same handlers and refusals, without a socket between. */
export function createLocalApi(services: HostServices): HeddleApi {
  const procedures: unknown = createRouterClient(router, { context: { services } });
  return createApi({
    call: (path, input, { signal, lastEventId }) => {
      const caller = path.reduce<unknown>((level, name) => (level as Readonly<Record<string, unknown>>)[name], procedures) as Caller;
      return caller(input, { ...(signal === undefined ? {} : { signal }), ...(lastEventId === undefined ? {} : { lastEventId }) });
    },
  });
}
