import { HeddleError } from '#shared/base/errors.ts';
import type { CallGuard } from './call-limits.ts';

/**
 * The bytes of an answer as they come. Rejects with `model.streamCut` when the connection breaks and with
 * `model.malformedAnswer` when more than the guard allows was sent; leaving early closes the connection.
 */
export async function* readBody(response: Response, guard: CallGuard, provider: string): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  guard.signal.addEventListener('abort', cancel, { once: true });
  let totalBytes = 0;
  try {
    while (true) {
      const { done, value } = await reader.read().catch((thrown: unknown) => {
        throw guard.signal.aborted ? guard.signal.reason : toStreamCut(provider, thrown);
      });
      guard.signal.throwIfAborted();
      if (done) return;
      guard.heard();
      totalBytes += value.byteLength;
      if (totalBytes > guard.maxBytes) {
        throw new HeddleError(
          'model.malformedAnswer',
          `${provider} sent more than ${guard.maxBytes} bytes without ending its answer; the call was stopped.`,
          {
            details: { provider },
          },
        );
      }
      yield value;
    }
  } finally {
    guard.signal.removeEventListener('abort', cancel);
    cancel();
  }
}

/** A whole answer that is not a stream, as parsed JSON; rejects with `model.malformedAnswer` when it is not JSON. */
export async function readJsonBody(response: Response, guard: CallGuard, provider: string): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readBody(response, guard, provider)) pieces.push(piece);
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new HeddleError(
      'model.malformedAnswer',
      `${provider} answered ${describeContentType(response)} that is not JSON. Check that the address is that of its API (many end in /v1).`,
      { details: { provider } },
    );
  }
}

/** The kind of body in words, for messages. */
export function describeContentType(response: Response): string {
  return response.headers.get('content-type')?.slice(0, 100) ?? 'something without a content type';
}

/** The refusal for a stream that ended before the answer did. */
export function toStreamCut(provider: string, cause?: unknown): HeddleError {
  const reason = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
  return new HeddleError(
    'model.streamCut',
    `${provider} broke off in the middle of its answer${reason}. Nothing of it was used; try again.`,
    {
      isRetryable: true,
      details: { provider },
    },
  );
}

/**
 * `fetch` that never follows a redirect (a key must not travel to another host) and reads at most 64 KiB of an error's body,
 * so that a hostile error page cannot fill the memory.
 */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'manual' });
  if (response.ok || response.body === null) return response;
  return new Response(response.body.pipeThrough(firstBytes(64 * 1024)), { status: response.status, headers: response.headers });
};

function firstBytes(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let left = limit;
  return new TransformStream({
    transform: (piece, controller) => {
      controller.enqueue(piece.subarray(0, left));
      left -= piece.byteLength;
      if (left <= 0) controller.terminate();
    },
  });
}
