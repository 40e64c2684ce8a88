import type { FileHandle } from 'node:fs/promises';
import { throwIfCancelled } from '../deadline.ts';

const chunkBytes = 64 * 1024;

/** One line without its end; `isWhole` is false when it is longer than what is kept of it. */
export interface ReadLine {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
  /** Where the next line begins. */
  readonly endByte: number;
}

/** The lines of an open file from its beginning, at most `keptBytes` of each, never more than a chunk and a line in memory. */
export async function* readLines(handle: FileHandle, keptBytes: number, signal: AbortSignal): AsyncGenerator<ReadLine> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let kept: Buffer[] = [];
  let keptLength = 0;
  let lineLength = 0;
  let position = 0;
  const add = (part: Buffer) => {
    lineLength += part.length;
    const room = keptBytes - keptLength;
    if (room <= 0 || part.length === 0) return;
    // A copy: the chunk is filled again before the line is done.
    kept.push(Buffer.from(part.subarray(0, room)));
    keptLength += Math.min(room, part.length);
  };
  const take = (endByte: number): ReadLine => {
    const line = { bytes: Buffer.concat(kept), isWhole: lineLength === keptLength, endByte };
    kept = [];
    keptLength = 0;
    lineLength = 0;
    return line;
  };
  for (;;) {
    throwIfCancelled(signal);
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    let start = 0;
    for (let end = chunk.indexOf(newline, start); end >= 0 && end < bytesRead; end = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, end));
      yield take(position + end + 1);
      start = end + 1;
    }
    add(chunk.subarray(start, bytesRead));
    position += bytesRead;
  }
  if (lineLength > 0) yield take(position);
}

const newline = 0x0a;
