import { lookup as lookupName } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { HeddleError } from '#shared/base/errors.ts';
import { findPrivateAddress } from './address-guard.ts';

/** All addresses of a host name. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export interface NetworkAccess {
  readonly resolve: ResolveHost;
  /** `host:port` pairs, or hosts with all ports, that may be private, as a person granted them; asked at every request. */
  readonly grants: () => readonly string[];
}

export interface PinnedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** Asks the system's resolver. */
export const resolveHost: ResolveHost = async (host) => (await lookupName(host, { all: true })).map(({ address }) => address);

/** The URL that a text means; refuses other schemes and credentials. */
export function toWebUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null) throw toRefusal(text, 'it is not a whole URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw toRefusal(text, 'only http and https are fetched');
  if (url.username !== '' || url.password !== '') throw toRefusal(`${url.protocol}//${url.host}/`, 'it carries a user name or password');
  return url;
}

/**
 * Sends one request to an address that was resolved once and judged: the connection goes to that very address, so a name that answers
 * differently the second time changes nothing. Answers the response with its body unread; redirects are the caller's.
 */
export async function sendPinned(access: NetworkAccess, request: PinnedRequest): Promise<IncomingMessage> {
  const { url, signal } = request;
  const address = await findAddress(access, url);
  return await new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const outgoing = send(url, {
      method: request.method,
      headers: { ...request.headers, host: url.host },
      // A connection of its own: a pooled one could lead to an address judged for someone else.
      agent: false,
      lookup: toPinnedLookup(address),
      signal,
      maxHeaderSize: 32 * 1024,
    });
    outgoing.on('error', (error) => reject(toFetchFailure(error, url)));
    outgoing.on('response', resolve);
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => {
        // The last word: where the connection really went.
        if (socket.remoteAddress !== undefined && toPlain(socket.remoteAddress) !== toPlain(address)) {
          outgoing.destroy(toRefusal(url.href, 'the connection went to another address than the one that was checked'));
        }
      });
    });
    outgoing.end(request.body);
  });
}

/** A failed connection or broken body as `tool.failed` in words. */
export function toFetchFailure(error: unknown, url: URL): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof HeddleError || !(error instanceof Error)) return error;
  const reason = (code === undefined ? undefined : reasons[code]) ?? error.message;
  return new HeddleError('tool.failed', `Could not fetch ${url.origin}: ${reason}.`, {
    details: { url: url.href, ...(code === undefined ? {} : { systemCode: code }) },
    cause: error,
  });
}

async function findAddress({ resolve, grants }: NetworkAccess, url: URL): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await resolve(host) : [host];
  } catch (error) {
    throw toFetchFailure(error, url);
  }
  const first = addresses[0];
  if (first === undefined) throw toRefusal(url.href, 'its host has no address');
  const hostAndPort = `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port}`;
  if (grants().some((grant) => [hostAndPort, url.hostname, host].includes(grant.toLowerCase()))) return first;
  for (const address of addresses) {
    // One private address among public ones is how a name is aimed at this machine: all must be public.
    const reason = findPrivateAddress(address);
    if (reason !== undefined) throw toRefusal(url.href, `${host} is ${address}, which is ${reason}`, hostAndPort);
  }
  return first;
}

function toPinnedLookup(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, options, answer) => {
    if (options.all === true) answer(null, [{ address, family }]);
    else answer(null, address, family);
  };
}

/** One spelling per address; an IPv4 address that came wrapped in IPv6 is itself. */
function toPlain(address: string): string {
  return ipaddr.process(address).toString();
}

function toRefusal(url: string, reason: string, grantable?: string): HeddleError {
  const hint = grantable === undefined ? '' : ` To allow it, grant ${grantable} in Settings.`;
  return new HeddleError('tool.addressRefused', `The address ${JSON.stringify(url.slice(0, 300))} is refused: ${reason}.${hint}`, {
    details: { url: url.slice(0, 2000), reason, ...(grantable === undefined ? {} : { grantable }) },
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host is known. Check the name and the network',
  EAI_AGAIN: 'the name could not be looked up. Check the network',
  ECONNREFUSED: 'nothing answers at this port',
  ECONNRESET: 'the server closed the connection',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the server did not answer',
  HPE_HEADER_OVERFLOW: 'the headers of the answer are too large',
};
