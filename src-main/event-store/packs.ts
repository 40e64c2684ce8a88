import { promisify } from 'node:util';
import { deflate, inflateSync } from 'node:zlib';
import type { StoredEvent } from './chain.ts';

/** Consecutive events of one stream, compressed. Their hashes are left out, all but the last: they follow from the content. */
export interface Pack {
  readonly lastSeq: number;
  readonly events: number;
  /** The link of the last event. */
  readonly hash: string;
  readonly data: Buffer;
}

/** An event as a pack holds it, before its blob is read. */
export interface PackedEvent {
  readonly type: string;
  readonly version: number;
  readonly atMs: number;
  readonly blobHash: string | undefined;
  /** Empty when the text is in a blob. */
  readonly text: string;
}

/** Events that go into one pack: enough to compress well, few enough that reading one of them costs little. */
export const maxPackEvents = 512;
/** Characters of text that go into one pack; a single event may have more. */
export const maxPackLength = 1024 * 1024;

/** No pack of ours is longer; damage may claim to be. */
const maxUnpackedBytes = 64 * 1024 * 1024;

const deflateLater = promisify(deflate);

/** Packs events that follow each other. Two lines an event: what it is, and its data, in which JSON leaves no line end. */
export async function toPack(events: readonly StoredEvent[]): Promise<Pack> {
  const last = events.at(-1);
  if (last === undefined) throw new RangeError('A pack holds at least one event.');
  const lines = events.map(
    ({ type, version, atMs, blobHash, text }) =>
      `${JSON.stringify([type, version, atMs, blobHash ?? null])}\n${blobHash === undefined ? text : ''}\n`,
  );
  return { lastSeq: last.seq, events: events.length, hash: last.hash, data: await deflateLater(lines.join('')) };
}

/** What is in a pack; undefined when it is not what `toPack` made. The chain is for the caller to check. */
export function unpack(data: Buffer, expectedEvents: number): readonly PackedEvent[] | undefined {
  try {
    const lines = inflateSync(data, { maxOutputLength: maxUnpackedBytes }).toString('utf8').split('\n');
    if (lines.length !== expectedEvents * 2 + 1) return undefined;
    // There are two lines for each index.
    return Array.from({ length: expectedEvents }, (_, index) => {
      const [type, version, atMs, blobHash] = JSON.parse(lines[index * 2] as string) as [string, number, number, string | null];
      return { type, version, atMs, blobHash: blobHash ?? undefined, text: lines[index * 2 + 1] as string };
    });
  } catch {
    return undefined;
  }
}
