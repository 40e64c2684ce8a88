import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { once } from '#shared/base/once.ts';
import { socketPath } from '#shared/contract/socket-path.ts';
import { toBugInfo } from './bug-info.ts';
import {
  checkHost,
  checkOrigin,
  checkUpgradeToken,
  cookieName,
  createTokenCheck,
  hasBearerToken,
  hasCookieToken,
  RequestRefused,
  toErrorBody,
  unauthorized,
} from './guards.ts';
import { findUnsafeQuery } from './json-guard.ts';
import { createTokenBucket, type RateLimit, type TakeToken } from './rate-limit.ts';
import { readJsonBody } from './read-body.ts';
import type { HostServices } from './services.ts';
import { sendSignInPage } from './sign-in-page.ts';
import type { SocketLimits, SocketServer } from './socket.ts';
import { cutOffStalledClients } from './stalled-clients.ts';
import type { StudioPage } from './studio-page.ts';

// Not an import: the ES module view of node:http reads every export, and one of them (WebSocket) loads 20 ms of fetch.
const { createServer } = process.getBuiltinModule('node:http');

/** Where and how the API is served. */
export interface ApiServerOptions {
  readonly port: number;
  readonly token: string;
  readonly version: string;
  /** The built window. */
  readonly studioFolder: string;
  readonly clock: Clock;
  readonly limits?: Partial<ApiLimits>;
}

/** Limits of one connection. */
export interface ApiLimits extends SocketLimits {
  readonly httpRate: RateLimit;
}

/** A listening server. */
export interface ApiServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const defaultLimits: ApiLimits = {
  httpRate: { burst: 1_000, perSecond: 300 },
  rate: { burst: 3_000, perSecond: 1_000 },
  pingEveryMs: 15_000,
  highWaterBytes: 1024 * 1024,
  mostBufferedBytes: 32 * 1024 * 1024,
};

/**
 * Serves the contract on 127.0.0.1: WebSocket at `/socket`, REST and server-sent events under `/api/v1`, `/openapi.json`,
 * `/healthz`, `/readyz`, and the studio. Every request passes the guards first. Rejects with `host.portInUse`.
 */
export async function startApiServer(services: HostServices, options: ApiServerOptions): Promise<ApiServer> {
  const { token, version, studioFolder, clock } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const isToken = createTokenCheck(token);
  // The RPC library, ws and the contract's schemas are a fifth of a start: they are loaded once the port is open.
  const loadRest = once(async () => {
    const [{ OpenAPIHandler }, { router }] = await Promise.all([import('@orpc/openapi/node'), import('./router.ts')]);
    return new OpenAPIHandler(router);
  });
  let sockets: SocketServer | undefined;
  const loadSockets = once(async () => {
    const { createSocketServer } = await import('./socket.ts');
    sockets = createSocketServer(services, clock, limits);
    return sockets;
  });
  const buckets = new WeakMap<Socket, TakeToken>();
  let studio: StudioPage | undefined;
  let port = options.port;

  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => sendError(response, error));
  });
  server.maxConnections = 1_000;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => refuseUpgrade(socket, error));
  });
  cutOffStalledClients(server);

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    checkHost(request, port);
    checkOrigin(request, port);
    if (toUrl(request).pathname !== socketPath)
      throw new RequestRefused(404, 'request.notFound', `WebSockets are served at ${socketPath}.`);
    checkUpgradeToken(request, port, isToken);
    const server = await loadSockets();
    if (!services.closing.aborted && !socket.destroyed) server.upgrade(request, socket, head);
    else socket.destroy();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response);
    checkHost(request, port);
    checkOrigin(request, port);
    takeTurn(request.socket);
    const url = toUrl(request);
    const isReading = request.method === 'GET' || request.method === 'HEAD';

    if (url.pathname === '/healthz' && isReading) return sendJson(response, 200, { status: 'live' });
    if (url.pathname === '/readyz' && isReading) return sendReadiness(request, response);
    if (url.searchParams.has('token')) {
      if (url.pathname === '/' && request.method === 'GET') return signIn(url.searchParams.get('token') ?? '', response);
      throw unauthorized();
    }
    if (url.pathname.startsWith('/api/')) {
      if (!hasBearerToken(request, isToken)) throw unauthorized();
      return answerRest(request, response, url);
    }
    if (!isReading) throw new RequestRefused(405, 'request.invalid', 'Only /api/v1 takes anything but GET.');
    if (!hasBearerToken(request, isToken) && !hasCookieToken(request, port, isToken)) {
      if (request.headers.accept?.includes('text/html')) return sendSignInPage(response);
      throw unauthorized();
    }
    if (url.pathname === '/openapi.json') {
      const { createOpenApiDocument } = await import('./openapi-document.ts');
      return sendJson(response, 200, await createOpenApiDocument(version));
    }
    studio ??= (await import('./studio-page.ts')).createStudioPage(studioFolder, port);
    studio(request, response);
  }

  async function answerRest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const problem = findUnsafeQuery(url.searchParams);
    if (problem !== undefined) throw new RequestRefused(400, 'request.invalid', `The query is refused: ${problem}.`);
    response.setHeader('Cache-Control', 'no-store');
    const body = await readJsonBody(request);
    const rest = await loadRest();
    const { matched } = await rest.handle(body === undefined ? request : Object.assign(request, { body }), response, {
      context: { services },
    });
    if (!matched)
      throw new RequestRefused(
        404,
        'request.notFound',
        `There is no ${request.method} ${url.pathname.slice(0, 200)}; /openapi.json lists what there is.`,
      );
  }

  function takeTurn(socket: Socket): void {
    const take = buckets.get(socket) ?? createTokenBucket(limits.httpRate, clock);
    buckets.set(socket, take);
    const turn = take();
    if (!turn.isTaken)
      throw new RequestRefused(429, 'request.tooMany', 'Too many requests on this connection; wait a moment.', {
        retryAfterMs: turn.retryAfterMs,
      });
  }

  /** The first visit: the token moves from the address, which ends up in histories, to a cookie that scripts cannot read. */
  function signIn(given: string, response: ServerResponse): void {
    if (!isToken(given)) {
      sendSignInPage(response);
      return;
    }
    response.writeHead(303, {
      'Set-Cookie': `${cookieName(port)}=${given}; HttpOnly; SameSite=Strict; Path=/`,
      Location: '/',
      'Cache-Control': 'no-store',
    });
    response.end();
  }

  function sendReadiness(request: IncomingMessage, response: ServerResponse): void {
    const { isReady, dependencies } = services.readiness();
    const status = isReady ? 'ready' : 'notReady';
    // Probes of a supervisor have no token; they learn the status and nothing about the machine.
    sendJson(response, isReady ? 200 : 503, hasBearerToken(request, isToken) ? { status, dependencies } : { status });
  }

  function sendError(response: ServerResponse, thrown: unknown): void {
    if (response.headersSent) return void response.destroy();
    if (thrown instanceof RequestRefused) {
      if (thrown.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(thrown.retryAfterMs / 1000));
      // What is left of a refused body is not read.
      if (!response.req.complete) response.setHeader('Connection', 'close');
      sendJson(response, thrown.status, toErrorBody(thrown));
      return;
    }
    const id = services.newId();
    services.reportBug(id, 'http', thrown);
    sendJson(response, 500, toBugInfo(id));
  }

  port = await listen(server, options.port);
  // The first caller should not wait for them either.
  const cancelWarmUp = clock.schedule(0, () => void Promise.all([loadSockets(), loadRest()]).catch(() => undefined));
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      cancelWarmUp();
      sockets?.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Streams end by `services.closing`; whoever still holds a connection a second later does not read.
      const cancel = clock.schedule(1_000, () => server.closeAllConnections());
      await closed;
      cancel();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? portInUse(port, error) : error);
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function portInUse(port: number, cause: NodeJS.ErrnoException): HeddleError {
  const why = cause.code === 'EACCES' ? 'may not be used by this account' : 'is used by another program';
  return new HeddleError(
    'host.portInUse',
    `Port ${port} of 127.0.0.1 ${why}. Choose another one with --port, or leave it out to take any free port.`,
    {
      details: { port },
      cause,
    },
  );
}

function toUrl(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', 'http://127.0.0.1');
  } catch {
    throw new RequestRefused(400, 'request.invalid', 'The address of the request cannot be read.');
  }
}

function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuseUpgrade(socket: Duplex, thrown: unknown): void {
  const refusal = thrown instanceof RequestRefused ? thrown : new RequestRefused(500, 'internal.bug', 'The upgrade failed.');
  const body = JSON.stringify(toErrorBody(refusal));
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
