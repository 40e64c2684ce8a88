import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HeddleError } from '#shared/base/errors.ts';

/** What was read of a body, at most the cap. */
export interface ReadBody {
  readonly bytes: Buffer;
  readonly isTruncated: boolean;
}

/**
 * Reads a response's body, unpacked, up to `capBytes`, then stops the connection. The cap counts unpacked bytes and the stream is read
 * piece by piece, so a small answer that unpacks to gigabytes costs no more than the cap.
 */
export async function readBody(response: IncomingMessage, capBytes: number): Promise<ReadBody> {
  const unpacked = unpack(response);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      const room = capBytes - length;
      if (chunk.length > room) {
        chunks.push(chunk.subarray(0, room));
        return { bytes: Buffer.concat(chunks), isTruncated: true };
      }
      chunks.push(chunk);
      length += chunk.length;
    }
    return { bytes: Buffer.concat(chunks), isTruncated: false };
  } finally {
    response.destroy();
    unpacked.destroy();
  }
}

function unpack(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return response;
  const createUnpacker = unpackers.get(encoding);
  if (createUnpacker === undefined) {
    response.destroy();
    throw new HeddleError('tool.failed', `The answer is packed as ${JSON.stringify(encoding)}, which is not understood.`);
  }
  const unpacker = createUnpacker();
  response.on('error', (error) => unpacker.destroy(error));
  return response.pipe(unpacker);
}

const unpackers: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);
