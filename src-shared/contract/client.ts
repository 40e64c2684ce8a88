import { type ClientLink, type ClientOptions, createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { errorInfoSchema, HeddleError, toHeddleError } from '../base/errors.ts';
import { type Contract, socketPath } from './contract.ts';
import { isLongerThan, mostMessageBytes } from './message-limit.ts';
import { createReconnectDelays } from './reconnect-delays.ts';
import type { RunFollowItem } from './runs.ts';

/** The host's procedures, typed by the contract. Through this library they reject with a `HeddleError`. */
export type HeddleApi = ContractRouterClient<Contract>;

/** What ends a stream or a call; any AbortSignal is one. */
type Cancelling = NonNullable<ClientOptions<Record<never, never>>['signal']>;

/** The part of a WebSocket that the library uses; those of browsers, Node and `ws` have it. */
export interface SocketLike {
  readonly readyState: number;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  close(): void;
}

/** How to reach a host, and where time and chance come from. */
export interface HeddleClientOptions {
  /** As the host printed it: `http://127.0.0.1:4100`. */
  readonly url: string;
  /** A page of the host itself leaves it out: its cookie is enough. */
  readonly token?: string;
  readonly WebSocketImpl: new (url: string, protocols: string[]) => SocketLike;
  /** From 0 to 1, for the jitter of reconnections. */
  readonly random: () => number;
  readonly schedule: (delayMs: number, wake: () => void) => () => void;
}

export type ConnectionStatus = 'connecting' | 'online' | 'offline' | 'closed';

/** A connection to a host that comes back by itself. */
export interface HeddleClient {
  /** A call in flight when the connection breaks rejects with `host.unreachable`: only the caller knows whether to repeat it. */
  readonly api: HeddleApi;
  status(): ConnectionStatus;
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
  /** The journal of a run after `afterSeq` until it ends, across broken connections: each event once, in order. */
  followRun(
    runId: string,
    options: { readonly afterSeq?: number; readonly signal?: Cancelling },
  ): AsyncGenerator<RunFollowItem, void, void>;
  close(): void;
}

/** Connects now, and again with growing pauses whenever the connection breaks, until `close`. */
export function createHeddleClient(options: HeddleClientOptions): HeddleClient {
  const { url, token, WebSocketImpl, random, schedule } = options;
  const socketUrl = `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}${socketPath}`;
  const protocols = token === undefined ? ['heddle'] : ['heddle', `token.${token}`];
  const delays = createReconnectDelays(random);
  const listeners = new Set<(status: ConnectionStatus) => void>();
  let status: ConnectionStatus = 'connecting';
  let link: ClientLink<Record<never, never>> | undefined;
  let socket: SocketLike | undefined;
  let cancelRetry: () => void = () => undefined;

  function setStatus(next: ConnectionStatus): void {
    if (status === 'closed' || status === next) return;
    status = next;
    for (const listener of [...listeners]) listener(next);
  }

  function connect(): void {
    setStatus('connecting');
    const opening = new WebSocketImpl(socketUrl, protocols);
    socket = opening;
    opening.addEventListener('open', () => {
      delays.reset();
      link = new RPCLink({ websocket: opening as never });
      setStatus('online');
    });
    // A connection that fails also closes; `ws` throws when nobody listens to its errors.
    opening.addEventListener('error', () => undefined);
    opening.addEventListener('close', () => {
      link = undefined;
      if (status === 'closed') return;
      setStatus('offline');
      cancelRetry = schedule(delays.next(), connect);
    });
  }

  /** The link of the open connection; waits for one while the first try or a reconnection is on its way. */
  function whenOnline(signal: Cancelling | undefined, mostTries: number): Promise<ClientLink<Record<never, never>>> {
    if (link !== undefined) return Promise.resolve(link);
    return new Promise((resolve, reject) => {
      let failures = 0;
      const settle = (outcome: () => void): void => {
        listeners.delete(look);
        signal?.removeEventListener('abort', stop);
        outcome();
      };
      const stop = (): void => settle(() => reject(signal?.reason ?? unreachable(url)));
      const look = (now: ConnectionStatus): void => {
        if (link !== undefined) settle(() => resolve(link as ClientLink<Record<never, never>>));
        else if (now === 'closed' || (now === 'offline' && ++failures >= mostTries)) settle(() => reject(unreachable(url)));
      };
      if (status === 'closed' || signal?.aborted) return stop();
      listeners.add(look);
      signal?.addEventListener('abort', stop);
    });
  }

  const api = createApi({
    call: async (path, input, callOptions) => {
      refuseTooLong(input);
      const current = await whenOnline(callOptions.signal, 2);
      const isBroken = () => link !== current && !callOptions.signal?.aborted;
      const toError = (thrown: unknown) => (isBroken() && !(thrown instanceof ORPCError) ? unreachable(url, thrown) : thrown);
      try {
        const output = await current.call(path, input, callOptions);
        return isAsyncIterator(output) ? withErrors(output, toError) : output;
      } catch (error) {
        throw toError(error);
      }
    },
  });
  connect();

  return {
    api,
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async *followRun(runId, { afterSeq = 0, signal }) {
      let cursor = afterSeq;
      for (;;) {
        try {
          const items = await api.run.follow({ runId, afterSeq: cursor }, signal === undefined ? {} : { signal });
          for await (const item of items) {
            if (item.type === 'event') cursor = item.event.seq;
            yield item;
          }
          return;
        } catch (error) {
          if (signal?.aborted || status === 'closed' || !isUnreachable(error)) throw error;
          await whenOnline(signal, Number.POSITIVE_INFINITY);
        }
      }
    },
    close() {
      setStatus('closed');
      cancelRetry();
      socket?.close();
    },
  };
}

/** The procedures over any way of calling them; refusals are thrown as the host threw them. */
export function createApi(link: ClientLink<Record<never, never>>): HeddleApi {
  return createORPCClient({
    call: async (path: readonly string[], input: unknown, options: ClientOptions<Record<never, never>>) => {
      try {
        const output = await link.call(path, input, options);
        return isAsyncIterator(output) ? withErrors(output, toRefusal) : output;
      } catch (error) {
        throw toRefusal(error);
      }
    },
  });
}

/** The host's refusal, out of its envelope. */
function toRefusal(thrown: unknown): unknown {
  if (!(thrown instanceof ORPCError)) return thrown;
  const refusal = errorInfoSchema.safeParse(thrown.data);
  return refusal.success ? toHeddleError(refusal.data) : new HeddleError('request.invalid', thrown.message, { cause: thrown });
}

async function* withErrors(items: AsyncIterator<unknown>, toError: (thrown: unknown) => unknown): AsyncGenerator<unknown, void, void> {
  try {
    for (let step = await items.next(); step.done !== true; step = await items.next()) yield step.value;
  } catch (error) {
    throw toError(error);
  } finally {
    await items.return?.();
  }
}

/** The host would close the connection without a word that a caller could use. */
function refuseTooLong(input: unknown): void {
  if (!isLongerThan(JSON.stringify(input) ?? '', mostMessageBytes)) return;
  throw new HeddleError(
    'request.tooLarge',
    `A request may have ${Math.floor(mostMessageBytes / 1024 / 1024)} MiB. Put large data into a file of the workspace instead.`,
  );
}

function unreachable(url: string, cause?: unknown): HeddleError {
  return new HeddleError('host.unreachable', `The host at ${url} did not answer. Check that it runs; \`heddle serve\` starts it.`, {
    isRetryable: true,
    cause,
  });
}

function isUnreachable(error: unknown): boolean {
  return error instanceof HeddleError && error.code === 'host.unreachable';
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}
