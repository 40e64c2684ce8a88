import type { IncomingMessage } from 'node:http';
import { mostMessageBytes } from '#shared/contract/message-limit.ts';
import { checkContentType, RequestRefused } from './guards.ts';
import { findUnsafeJson } from './json-guard.ts';

/** The JSON body of a request, or undefined when it has none. Refuses what is too large, not JSON, or unsafe. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced === 0 && request.headers['transfer-encoding'] === undefined) return undefined;
  checkContentType(request);
  if (announced > mostMessageBytes) throw tooLarge();
  const text = await readText(request);
  const problem = findUnsafeJson(text);
  if (problem !== undefined) throw new RequestRefused(400, 'request.invalid', `The body is refused: ${problem}.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestRefused(400, 'request.invalid', `The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostMessageBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): RequestRefused {
  return new RequestRefused(
    413,
    'request.tooLarge',
    `A request may have ${Math.floor(mostMessageBytes / 1024 / 1024)} MiB. Put large data into a file of the workspace instead.`,
  );
}
