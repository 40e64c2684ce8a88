import { type ErrorCode, HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';

/** Who failed, and how to keep keys out of what is said about it. */
export interface FailureContext {
  readonly provider: string;
  /** The name of the key that was sent, for the advice in the message. */
  readonly keyName: string | undefined;
  readonly redact: (text: string) => string;
  readonly nowMs: number;
}

/** The refusal for an HTTP status other than 200. `body` is the parsed JSON or the text that came with it. */
export function toStatusFailure(status: number, headers: Headers | undefined, body: unknown, context: FailureContext): HeddleError {
  const { provider } = context;
  const words = describeBody(body, context);
  const said = words === '' ? '' : `: ${words}`;
  const requestId = headers?.get('x-request-id') ?? headers?.get('request-id');
  const details: JsonObject = { provider, status, ...(requestId === null || requestId === undefined ? {} : { requestId }) };
  const refuse = (code: ErrorCode, message: string, options: { isRetryable?: boolean; retryAfterMs?: number } = {}) =>
    new HeddleError(code, message, { details, ...options });

  if (status === 401 || status === 403) {
    const advice =
      context.keyName === undefined ? 'Name a key for this provider in Settings.' : `Check the key “${context.keyName}” in Settings.`;
    return refuse('model.unauthorized', `${provider} refused access (${status})${said}. ${advice}`);
  }
  if (status === 429) {
    const retryAfterMs = toRetryAfterMs(headers, context.nowMs);
    const isOutOfCredit = readErrorField(body, 'code') === 'insufficient_quota' || readErrorField(body, 'type') === 'insufficient_quota';
    if (isOutOfCredit)
      return refuse('model.rateLimited', `${provider} says that the account has no credit left${said}. Top it up, then try again.`);
    return refuse('model.rateLimited', `${provider} asks to slow down (429)${said}.`, {
      isRetryable: true,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (status === 413 || ((status === 400 || status === 422 || status === 500) && isAboutContextLength(body, words))) {
    return refuse(
      'model.contextTooLong',
      `The conversation is longer than the model can take (${status})${said}. Shorten it, or choose a model with a larger context.`,
    );
  }
  if (status === 408 || status === 409 || status === 425 || status >= 500) {
    const retryAfterMs = toRetryAfterMs(headers, context.nowMs);
    return refuse('model.unavailable', `${provider} cannot answer now (${status})${said}.`, {
      isRetryable: true,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (status === 404)
    return refuse(
      'model.badRequest',
      `${provider} does not know this model or address (404)${said}. Check the model's name and the address.`,
    );
  if (status >= 300 && status < 400) {
    return refuse(
      'model.badRequest',
      `${provider} redirects to another address (${status}), which is not followed with a key. Put the final address into its settings.`,
    );
  }
  return refuse('model.badRequest', `${provider} refused the request (${status})${said}.`);
}

/** The refusal for an error that came inside a stream, after status 200. */
export function toStreamFailure(error: unknown, context: FailureContext): HeddleError {
  const code = readErrorField({ error }, 'code');
  const type = readErrorField({ error }, 'type');
  const status = typeof code === 'number' ? code : (statusOfErrorType[String(type)] ?? statusOfErrorType[String(code)] ?? 503);
  return toStatusFailure(status >= 400 && status < 600 ? status : 503, undefined, { error }, context);
}

/** The refusal for a call that got no answer: refused or reset connection, unknown host, TLS, or anything else `fetch` throws. */
export function toConnectionFailure(thrown: unknown, baseUrl: string, context: FailureContext): HeddleError {
  const code = findCauseCode(thrown);
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : 'its address';
  return new HeddleError(
    'model.unavailable',
    `${context.provider} cannot be reached at ${host}: ${describeCause(code, thrown, context)}.`,
    {
      isRetryable: true,
      details: { provider: context.provider, ...(code === undefined ? {} : { cause: code }) },
    },
  );
}

/** When the other side wants to be asked again, from `retry-after-ms` or `retry-after` (seconds or an HTTP date); at most a day. */
function toRetryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return Math.min(milliseconds, dayMs);
  const value = headers?.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), dayMs);
}

const dayMs = 86_400_000;

/** Error types that OpenAI, Anthropic and their imitators send inside a stream. */
const statusOfErrorType: Readonly<Record<string, number>> = {
  authentication_error: 401,
  permission_error: 403,
  invalid_api_key: 401,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  invalid_request_error: 400,
  BadRequestError: 400,
  context_length_exceeded: 400,
  not_found_error: 404,
  model_not_found: 404,
  request_too_large: 413,
  overloaded_error: 529,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
};

const contextLengthWords = [
  'context length',
  'context window',
  'context size',
  'maximum context',
  'prompt is too long',
  'too many tokens',
  'input is too long',
];

function isAboutContextLength(body: unknown, words: string): boolean {
  if (readErrorField(body, 'code') === 'context_length_exceeded') return true;
  const lowerCase = words.toLowerCase();
  return contextLengthWords.some((phrase) => lowerCase.includes(phrase));
}

/** The provider's own words, without keys, on one line, at most 500 characters. */
function describeBody(body: unknown, context: FailureContext): string {
  const message = readErrorField(body, 'message') ?? (typeof body === 'string' ? body : undefined);
  const error = typeof body === 'object' && body !== null ? (body as Record<string, unknown>).error : undefined;
  const text = typeof message === 'string' ? message : typeof error === 'string' ? error : '';
  const oneLine = context.redact(text).replaceAll(/\s+/g, ' ').trim();
  return (oneLine.length > 500 ? `${oneLine.slice(0, 500)}…` : oneLine).replace(/\.$/, '');
}

function readErrorField(body: unknown, field: string): unknown {
  if (typeof body !== 'object' || body === null) return undefined;
  const { error } = body as Record<string, unknown>;
  const holder = typeof error === 'object' && error !== null ? error : body;
  return (holder as Record<string, unknown>)[field];
}

function findCauseCode(thrown: unknown): string | undefined {
  let current: unknown = thrown;
  for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth += 1) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (typeof code === 'string') return code;
    current = cause;
  }
  return undefined;
}

function describeCause(code: string | undefined, thrown: unknown, context: FailureContext): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there. Start the server, or correct the address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known. Check the network and the address';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'the connection was closed before an answer came';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
      return 'no answer in time. Check the network';
    case undefined:
      return context
        .redact(thrown instanceof Error ? thrown.message : String(thrown))
        .slice(0, 300)
        .replace(/\.$/, '');
    default:
      return /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)
        ? `its certificate or TLS was not accepted (${code}). Check http or https, and the certificate`
        : `the connection failed (${code})`;
  }
}
