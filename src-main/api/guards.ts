import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ErrorCode, type ErrorInfo, HeddleError } from '#shared/base/errors.ts';

/** A request that is turned away before any handler sees it. */
export class RequestRefused extends HeddleError {
  readonly status: number;

  constructor(status: number, code: ErrorCode, message: string, options: { readonly retryAfterMs?: number } = {}) {
    super(code, message, options);
    this.status = status;
  }
}

/** Whether a text is the token, in a time that tells nothing about how much of it was right. */
export type TokenCheck = (given: string) => boolean;

/** Compares digests: they have one length, whatever was given. */
export function createTokenCheck(token: string): TokenCheck {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (given) => timingSafeEqual(digest(given), expected);
}

/** Refuses a Host that is not this server: a page whose name was rebound to 127.0.0.1 sends its own. */
export function checkHost(request: IncomingMessage, port: number): void {
  const host = request.headers.host?.toLowerCase();
  if (host !== undefined && localHosts(port).has(host)) return;
  throw new RequestRefused(
    403,
    'request.forbidden',
    `This server answers only at http://127.0.0.1:${port}; the request named the host ${quote(host)}.`,
  );
}

/** Refuses requests that a page from elsewhere sends. Programs that are not browsers send no Origin and need the token anyway. */
export function checkOrigin(request: IncomingMessage, port: number): void {
  const { origin } = request.headers;
  if (origin === undefined || isOwnOrigin(origin, port)) return;
  throw new RequestRefused(403, 'request.forbidden', `Pages from ${quote(origin)} may not use this server.`);
}

/** The token of a REST request: `Authorization: Bearer`, nowhere else. */
export function hasBearerToken(request: IncomingMessage, isToken: TokenCheck): boolean {
  const [, given] = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return given !== undefined && isToken(given);
}

/** The token that the studio's page carries: an HttpOnly cookie, one per port because cookies do not tell ports apart. */
export function hasCookieToken(request: IncomingMessage, port: number, isToken: TokenCheck): boolean {
  const prefix = `${cookieName(port)}=`;
  const values = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return values.some((pair) => pair.startsWith(prefix) && isToken(pair.slice(prefix.length)));
}

/** Refuses an upgrade without a token. A cookie is only good together with our own Origin: browsers send both, and scripts cannot forge the second. */
export function checkUpgradeToken(request: IncomingMessage, port: number, isToken: TokenCheck): void {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const isOffered = offered.some((name) => name.startsWith(tokenProtocolPrefix) && isToken(name.slice(tokenProtocolPrefix.length)));
  if (isOffered) return;
  const { origin } = request.headers;
  if (origin !== undefined && isOwnOrigin(origin, port) && hasCookieToken(request, port, isToken)) return;
  throw unauthorized();
}

/** The cookie that holds the token. */
export function cookieName(port: number): string {
  return `heddle-${port}`;
}

/** The WebSocket subprotocol that both sides speak, and the prefix of the one that carries the token. */
export const socketProtocol = 'heddle';
const tokenProtocolPrefix = 'token.';

/** Refuses bodies that are not JSON: other types are what a foreign page may send without asking. */
export function checkContentType(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new RequestRefused(415, 'request.invalid', `Send bodies as application/json; this one came as ${quote(type)}.`);
}

/** What a caller without the right token is told. */
export function unauthorized(): RequestRefused {
  return new RequestRefused(
    401,
    'request.unauthorized',
    'The token is missing or wrong. Send it as `Authorization: Bearer <token>`, or open the studio with the link that the host printed.',
  );
}

/** A refusal as the JSON body that callers get. */
export function toErrorBody({ code, message, retryAfterMs }: RequestRefused): ErrorInfo {
  return { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs, isRetryable: true }) };
}

function localHosts(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])));
}

function isOwnOrigin(origin: string, port: number): boolean {
  return origin.startsWith('http://') && localHosts(port).has(origin.slice('http://'.length));
}

function quote(text: string | undefined): string {
  return text === undefined || text === '' ? '(none)' : JSON.stringify(text.slice(0, 100));
}
