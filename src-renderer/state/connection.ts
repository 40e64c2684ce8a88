import { create } from 'zustand';
import { HeddleError } from '#shared/base/errors.ts';
import { createHeddleClient, type HeddleApi, type HeddleClient } from '#shared/contract/client.ts';
import type { HostInfo } from '#shared/contract/settings.ts';

/** Where the line to the host stands. `refused` will not heal by itself: the page's cookie is not this host's. */
export type Connection =
  | { readonly status: 'connecting' }
  | { readonly status: 'online' }
  | { readonly status: 'offline'; readonly sinceMs: number }
  | { readonly status: 'refused' };

interface ConnectionStore {
  readonly connection: Connection;
  /** What the host said of itself when it was last heard; stays readable while offline. */
  readonly host: HostInfo | null;
}

export const useConnection = create<ConnectionStore>()(() => ({ connection: { status: 'connecting' }, host: null }));

let client: HeddleClient | null = null;
let retryNow: (() => void) | null = null;

/** The host's procedures. They reject with a HeddleError; with `host.unreachable` while there is no line. */
export function getApi(): HeddleApi {
  return getClient().api;
}

/** The client of this window, for following a run across broken connections. */
export function getClient(): HeddleClient {
  if (client === null) throw new HeddleError('host.unreachable', 'This window has not connected to a host yet.', { isRetryable: true });
  return client;
}

export function useIsOnline(): boolean {
  return useConnection((store) => store.connection.status === 'online');
}

/** Ends the wait before the next try to connect. */
export function reconnectNow(): void {
  retryNow?.();
}

/** Keeps a line to the host open. `onOnline` runs at each new connection; its signal ends with that connection. */
export function connect(origin: string, onOnline: (api: HeddleApi, signal: AbortSignal) => void): void {
  let session = new AbortController();
  client = createHeddleClient({ url: origin, WebSocketImpl: WebSocket, random: Math.random, schedule: scheduleRetry });
  client.onStatus((status) => {
    if (status === 'online') {
      session = new AbortController();
      useConnection.setState({ connection: { status: 'online' } });
      void learnHost();
      onOnline(getApi(), session.signal);
    } else if (status === 'offline') {
      session.abort();
      useConnection.setState((store) => ({
        connection:
          store.connection.status === 'offline' || store.connection.status === 'refused'
            ? store.connection
            : { status: 'offline', sinceMs: Date.now() },
      }));
      void learnWhy(origin);
    }
  });
}

/** Waits as the client asks, unless the user does not want to. */
function scheduleRetry(delayMs: number, wake: () => void): () => void {
  const go = () => {
    cancel();
    wake();
  };
  const timer = setTimeout(go, delayMs);
  const cancel = () => {
    clearTimeout(timer);
    retryNow = null;
  };
  retryNow = go;
  return cancel;
}

async function learnHost(): Promise<void> {
  try {
    useConnection.setState({ host: await getApi().host.info() });
  } catch {
    // The line broke again; the next one asks anew.
  }
}

/** A browser does not say why an upgrade failed; a host that is ready but takes no socket has refused this page. */
async function learnWhy(origin: string): Promise<void> {
  try {
    const answer = await fetch(new URL('/readyz', origin), { cache: 'no-store' });
    const isStillOut = useConnection.getState().connection.status === 'offline' && client?.status() === 'offline';
    if (answer.ok && isStillOut && (await isPageRefused(origin))) useConnection.setState({ connection: { status: 'refused' } });
  } catch {
    // Nobody listens there: the host is gone.
  }
}

/** The page itself needs the same cookie as the socket. */
async function isPageRefused(origin: string): Promise<boolean> {
  return (await fetch(new URL('/', origin), { cache: 'no-store' })).status === 401;
}
