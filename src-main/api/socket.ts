import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/websocket';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '#shared/base/clock.ts';
import { mostMessageBytes } from '#shared/contract/message-limit.ts';
import { socketProtocol } from './guards.ts';
import { findUnsafeJson } from './json-guard.ts';
import { createTokenBucket, type RateLimit } from './rate-limit.ts';
import { router } from './router.ts';
import type { HostServices } from './services.ts';

/** What the limits of a WebSocket are. */
export interface SocketLimits {
  readonly rate: RateLimit;
  readonly pingEveryMs: number;
  /** Unsent bytes above which streams wait for the client to take some. */
  readonly highWaterBytes: number;
  /** Unsent bytes above which the client is cut off. */
  readonly mostBufferedBytes: number;
}

/** Serves the contract over WebSockets that have passed the guards. */
export interface SocketServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/**
 * Each connection is pinged and cut off when it does not answer; streams wait for a slow client, and one that lets
 * too much pile up is cut off too: it comes back and resumes by `afterSeq`.
 */
export function createSocketServer(services: HostServices, clock: Clock, limits: SocketLimits): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: mostMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(socketProtocol) ? socketProtocol : false),
  });
  const handler = new RPCHandler(router);

  server.on('connection', (socket: WebSocket) => {
    const peer = toPeer(socket, limits);
    const takeToken = createTokenBucket(limits.rate, clock);
    const stopPings = keepAlive(socket, clock, limits.pingEveryMs);
    socket.on('message', (data, isBinary) => {
      if (isBinary) return socket.close(closeCodes.unsupported, 'Send JSON as text');
      if (!takeToken().isTaken) return socket.close(closeCodes.tryLater, 'Too many requests');
      const text = data.toString();
      const problem = findUnsafeJson(text);
      if (problem !== undefined) return socket.close(closeCodes.policy, `Refused: ${problem}`.slice(0, 120));
      handler.message(peer, text, { context: { services } }).catch(() => {
        // The caller sent what is no message of the protocol, or went while it was answered.
        socket.close(closeCodes.policy, 'Not a message of this protocol');
      });
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      stopPings();
      handler.close(peer);
    });
  });

  return {
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request)),
    close() {
      for (const client of server.clients) client.close(closeCodes.goingAway, 'The host is closing');
      server.close();
    },
  };
}

/** Close codes of RFC 6455 and the IANA registry. */
const closeCodes = { goingAway: 1001, unsupported: 1003, policy: 1008, tryLater: 1013 } as const;

type Peer = Parameters<RPCHandler<Record<never, never>>['message']>[0];

/** The socket as the RPC handler sees it: `send` resolves when there is room for more. */
function toPeer(socket: WebSocket, { highWaterBytes, mostBufferedBytes }: SocketLimits): Peer {
  const send = (data: string | Uint8Array): Promise<void> | undefined => {
    if (socket.readyState !== socket.OPEN) return undefined;
    if (socket.bufferedAmount > mostBufferedBytes) {
      socket.terminate();
      return undefined;
    }
    if (socket.bufferedAmount < highWaterBytes) {
      socket.send(data);
      return undefined;
    }
    return new Promise((resolve) => socket.send(data, () => resolve()));
  };
  return { send } as unknown as Peer;
}

/** Pings; a client that has not answered the last one by the time of the next is gone. Returns the function that ends it. */
function keepAlive(socket: WebSocket, clock: Clock, everyMs: number): () => void {
  let isAnswered = true;
  let cancel: () => void;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const ping = (): void => {
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    socket.ping();
    cancel = clock.schedule(everyMs, ping);
  };
  cancel = clock.schedule(everyMs, ping);
  return () => cancel();
}
