import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { type JsonValue, jsonValueSchema } from '#shared/base/json.ts';
import { throwIfCancelled } from '../deadline.ts';
import { defineTool, type ToolRunContext } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { type NetworkAccess, sendPinned, toFetchFailure, toWebUrl } from './pinned-request.ts';
import { readBody } from './read-body.ts';

const headers = z.record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.string().max(8_000)).default({});

const answer = z.strictObject({
  status: z.int(),
  url: z.string().describe('Where the answer came from, after redirects.'),
  contentType: z.string(),
  location: z.string().nullable().describe('Where the server points to, when it answered with a redirect that was not followed.'),
  body: jsonValueSchema.describe('Parsed when it is JSON, else text.'),
});

const common = { output: answer, timeoutMs: 30_000, outputCapBytes: 1024 * 1024 } as const;

/** The tool that reads the web: GET and HEAD only, so it may be repeated and nobody is asked. Follows up to five redirects. */
export function createFetchUrl(access: NetworkAccess, clock: Clock): Tool {
  return defineTool({
    ...common,
    name: 'fetch_url',
    description: 'Fetches a page or file over http or https and answers its text or JSON. Addresses of private networks are refused.',
    input: z.strictObject({ url: z.string().max(8_000), method: z.enum(['GET', 'HEAD']).default('GET'), headers }),
    effect: 'idempotent',
    approval: 'never',
    clock,
    run: async (args, context) => await fetchFollowing(access, args, context),
  });
}

/** The tool that changes something on the web: asked about first, never repeated by itself, redirects not followed. */
export function createSendHttpRequest(access: NetworkAccess, clock: Clock): Tool {
  return defineTool({
    ...common,
    name: 'send_http_request',
    description:
      'Sends a POST, PUT, PATCH or DELETE request over http or https and answers what the server says. Redirects are not followed.',
    input: z.strictObject({
      url: z.string().max(8_000),
      method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
      headers,
      body: jsonValueSchema.optional().describe('A text is sent as it is, anything else as JSON.'),
    }),
    effect: 'neither',
    approval: 'always',
    clock,
    run: async ({ url, method, headers, body }, context) => {
      const target = toWebUrl(url);
      const contentType = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' };
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const sent = { ...contentType, ...toRequestHeaders(headers), 'content-length': String(Buffer.byteLength(text ?? '')) };
      const response = await sendPinned(access, { method, url: target, headers: sent, body: text, signal: context.signal });
      return await toAnswer(response, target, context);
    },
  });
}

const mostRedirects = 5;
/** Not for another origin than the one they were meant for. */
const privateHeaders = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** These belong to the connection, not to whoever asks. */
const refusedHeaders = /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|accept-encoding)$/;

async function fetchFollowing(
  access: NetworkAccess,
  { url, method, headers }: { url: string; method: string; headers: Record<string, string> },
  context: ToolRunContext,
): Promise<z.output<typeof answer>> {
  let target = toWebUrl(url);
  let sent = toRequestHeaders(headers);
  for (let hop = 0; ; hop += 1) {
    throwIfCancelled(context.signal);
    const response = await sendPinned(access, { method, url: target, headers: sent, body: undefined, signal: context.signal });
    const { location } = response.headers;
    if (location === undefined || !isRedirect(response.statusCode)) return await toAnswer(response, target, context);
    response.destroy();
    if (hop >= mostRedirects)
      throw new HeddleError('tool.failed', `${url} redirects more than ${mostRedirects} times.`, { details: { url } });
    const next = toWebUrl(location, target);
    if (next.origin !== target.origin) sent = Object.fromEntries(Object.entries(sent).filter(([name]) => !privateHeaders.has(name)));
    target = next;
  }
}

function toRequestHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const sent: Record<string, string> = { 'user-agent': 'Heddle', accept: '*/*', 'accept-encoding': 'gzip, deflate, br' };
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (refusedHeaders.test(lower))
      throw new HeddleError('tool.argumentsInvalid', `The header ${name} is set by the connection itself; leave it out.`);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new HeddleError('tool.argumentsInvalid', `The header ${name} has characters that headers cannot carry.`);
    sent[lower] = value;
  }
  return sent;
}

async function toAnswer(response: IncomingMessage, url: URL, context: ToolRunContext): Promise<z.output<typeof answer>> {
  const contentType = response.headers['content-type'] ?? '';
  const status = response.statusCode ?? 0;
  try {
    const { bytes, isTruncated } = await readBody(response, context.outputCapBytes - roomForRest);
    if (isTruncated) context.markTruncated();
    return {
      status,
      url: url.href,
      contentType,
      location: response.headers.location ?? null,
      body: toBody(bytes, contentType, isTruncated),
    };
  } catch (error) {
    throwIfCancelled(context.signal);
    throw toFetchFailure(error, url);
  }
}

/** URL, content type and location come beside the body. */
const roomForRest = 48 * 1024;

function toBody(bytes: Buffer, contentType: string, isTruncated: boolean): JsonValue {
  // A HEAD request tells the type of what it does not send.
  if (bytes.length === 0) return '';
  const media = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (isBinary(media, bytes)) {
    throw new HeddleError(
      'tool.failed',
      `The answer is binary (${media === '' ? 'of no stated type' : media}); only text and JSON are read.`,
      {
        details: { contentType },
      },
    );
  }
  const text = decode(bytes, /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]);
  if (!isTruncated && (media === 'application/json' || media.endsWith('+json'))) {
    try {
      return JSON.parse(text) as JsonValue;
    } catch {
      // Said to be JSON and is not: the text is what there is.
      return text;
    }
  }
  return isTruncated ? `${text}\n[truncated: the rest was not read]` : text;
}

function isBinary(media: string, bytes: Buffer): boolean {
  if (/^(image|audio|video|font)\//.test(media) && media !== 'image/svg+xml') return true;
  if (/^(text\/|application\/(json|xml|javascript|x-www-form-urlencoded))|\+(json|xml)$/.test(media)) return false;
  return bytes.subarray(0, 8192).includes(0) || /^application\/(octet-stream|zip|gzip|pdf)$/.test(media);
}

function decode(bytes: Buffer, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder('utf-8').decode(bytes);
  }
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
