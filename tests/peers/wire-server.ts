import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer in the terms of both wire formats; each server writes it as its provider would. */
export interface PeerAnswer {
  readonly text?: string;
  /** `argumentPieces` are sent as they are, so that they may be no JSON at all. */
  readonly toolCalls?: readonly { readonly id?: string; readonly name?: string; readonly argumentPieces: readonly string[] }[];
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number };
  /** The provider's own word, when it is not the usual one. */
  readonly finishReason?: string;
  /** Characters of text per chunk; 4 when not given. */
  readonly pieceLength?: number;
}

/** What the server does with one request. */
export type PeerBehaviour =
  /** Answers as the provider would. */
  | { readonly type: 'answer'; readonly answer: PeerAnswer }
  /** Answers with these bytes and headers, whatever they are; `status` is 200 when not given. */
  | {
      readonly type: 'raw';
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
    }
  /** Sends the first bytes of an answer, then breaks the connection, ends the response as if it were whole, or says nothing more. */
  | { readonly type: 'partial'; readonly body: Uint8Array; readonly bytes: number; readonly ending: 'reset' | 'end' | 'stall' }
  /** Sends `start`, then `again` for ever, as fast as it is read. */
  | { readonly type: 'endless'; readonly status?: number; readonly start: string; readonly again: string }
  /** Takes the request and closes the connection without a word. */
  | { readonly type: 'hangUp' }
  /** Sends each piece after a real pause: for eyes and journeys, not for unit tests. */
  | { readonly type: 'paced'; readonly answer: PeerAnswer; readonly pauseMs: number };

export interface PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A loopback server that speaks a provider's wire format and does what it is told, one behaviour a request; the last one stays. */
export interface PeerServer {
  readonly origin: string;
  readonly requests: readonly PeerRequest[];
  /** Replaces what the coming requests meet. */
  behave(...behaviours: PeerBehaviour[]): void;
  /** The stream of an answer as the provider would send it, in the pieces it would be sent in. */
  toPieces(answer: PeerAnswer): string[];
  /** Resolves when the server has sent all that it means to send before a stall. */
  stalled(): Promise<void>;
  /** Connections that are open now. */
  openConnections(): Promise<number>;
  close(): Promise<void>;
}

/** How a provider's wire format differs from another's. */
export interface PeerFormat {
  readonly answerPath: string;
  readonly modelsPath: string;
  toPieces(answer: PeerAnswer): string[];
  toModelList(names: readonly string[]): unknown;
}

/** A server on 127.0.0.1 with a free port. Without behaviours it answers "ok". */
export async function startPeerServer(format: PeerFormat, models: readonly string[] = ['model-a', 'model-b']): Promise<PeerServer> {
  const requests: PeerRequest[] = [];
  let behaviours: PeerBehaviour[] = [{ type: 'answer', answer: { text: 'ok' } }];
  let stall = Promise.withResolvers<void>();

  const server = createServer((request, response) => {
    void serve(request, response).catch((thrown: unknown) => response.destroy(thrown instanceof Error ? thrown : undefined));
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const text = await readText(request);
    requests.push({ method: request.method ?? '', path, headers: request.headers, body: text === '' ? undefined : JSON.parse(text) });
    const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
    if (behaviour === undefined) throw new Error('No behaviour');
    if (path === format.modelsPath && behaviour.type !== 'raw') return sendJson(response, 200, format.toModelList(models));
    if (path !== format.answerPath && path !== format.modelsPath)
      return sendJson(response, 404, { error: { message: `No such path: ${path}` } });
    await behave(behaviour, response);
  };

  const behave = async (behaviour: PeerBehaviour, response: ServerResponse) => {
    switch (behaviour.type) {
      case 'raw':
        response.writeHead(behaviour.status ?? 200, { 'content-type': 'text/event-stream', ...behaviour.headers });
        response.end(behaviour.body);
        return;
      case 'hangUp':
        response.destroy();
        return;
      case 'answer':
        response.writeHead(200, streamHeaders);
        for (const piece of format.toPieces(behaviour.answer)) response.write(piece);
        response.end();
        return;
      case 'paced':
        response.writeHead(200, streamHeaders);
        for (const piece of format.toPieces(behaviour.answer)) {
          if (response.destroyed) return;
          response.write(piece);
          await new Promise((resolve) => setTimeout(resolve, behaviour.pauseMs));
        }
        response.end();
        return;
      case 'partial':
        response.writeHead(200, streamHeaders);
        response.flushHeaders();
        await new Promise<void>((resolve) => response.write(behaviour.body.subarray(0, behaviour.bytes), () => resolve()));
        if (behaviour.ending === 'end') response.end();
        // FIN instead of the last chunk: the client sees a body that ends too early, after all bytes have come.
        if (behaviour.ending === 'reset') response.socket?.end();
        if (behaviour.ending === 'stall') {
          stall.resolve();
          stall = Promise.withResolvers<void>();
        }
        return;
      case 'endless':
        response.writeHead(behaviour.status ?? 200, streamHeaders);
        response.write(behaviour.start);
        while (!response.destroyed) {
          if (response.write(behaviour.again)) await new Promise((resolve) => setImmediate(resolve));
          else await drained(response);
        }
    }
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    behave: (...next) => {
      behaviours = next;
    },
    toPieces: (answer) => format.toPieces(answer),
    stalled: () => stall.promise,
    openConnections: () =>
      new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

/** Resolves when more can be written, or nothing any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      response.off('drain', wake).off('close', wake);
      resolve();
    };
    response.on('drain', wake).on('close', wake);
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/** A text in pieces of so many characters, never inside a surrogate pair. */
export function splitText(text: string, pieceLength = 4): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += pieceLength) pieces.push(characters.slice(at, at + pieceLength).join(''));
  return pieces;
}
