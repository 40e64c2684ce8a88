import type { Database } from 'better-sqlite3';
import type { BlobFiles } from './blob-files.ts';
import { type Damage, firstLink, linkEvent, type StoredEvent } from './chain.ts';
import { eventKeysPerStream } from './migrations.ts';
import { unpack } from './packs.ts';
import { isDamageError } from './sqlite-errors.ts';

/** The packed beginnings of streams: compaction leaves the end mark, and whatever is appended later, in the table of events. */
export interface PackReader {
  /** Events after `afterSeq` as far as they are packed, at most `limit`. */
  read(
    stream: PackedStream,
    afterSeq: number,
    limit: number,
  ): { readonly events: readonly StoredEvent[]; readonly damage: Damage | undefined };
  /** The link of a packed event; undefined when it is not packed, or its pack is damaged. */
  linkAt(stream: PackedStream, seq: number): string | undefined;
  /** How far the stream is packed. */
  packedSeq(stream: PackedStream): number;
  /** The first key of a pack after this one. */
  keyAfter(key: number): number | undefined;
}

interface PackedStream {
  readonly id: number;
  readonly name: string;
}

/** Reads packs through one connection, and keeps the last one open: pages of a reader rarely end with a pack. */
export function createPackReader(db: Database, blobs: BlobFiles): PackReader {
  const packAfter = db.prepare<[number, number], RawPack>(
    'SELECT key, events, hash, data FROM packs WHERE key > ? AND key < ? ORDER BY key LIMIT 1',
  );
  const packHashAt = db.prepare<[number], unknown>('SELECT hash FROM packs WHERE key = ?').pluck();
  const lastPack = db.prepare<[number, number], unknown>('SELECT max(key) FROM packs WHERE key > ? AND key < ?').pluck();
  const keyAfter = db.prepare<[number], unknown>('SELECT min(key) FROM packs WHERE key > ?').pluck();
  let open: { readonly key: number; readonly hash: unknown; readonly events: readonly StoredEvent[] } | undefined;

  /** The pack with the event after `afterSeq` in it. */
  function findPack({ id }: PackedStream, afterSeq: number): (RawPack & { readonly firstSeq: number }) | undefined {
    const from = id * eventKeysPerStream;
    const raw = packAfter.get(from + afterSeq, from + eventKeysPerStream);
    if (raw === undefined) return undefined;
    const firstSeq = raw.key - from - (typeof raw.events === 'number' ? raw.events : 1) + 1;
    return firstSeq > afterSeq + 1 ? undefined : { ...raw, firstSeq };
  }

  /** Its events, every link computed anew from the one before the pack; or what is wrong with it. */
  function openPack(stream: PackedStream, { key, events: count, hash, data, firstSeq }: RawPack & { readonly firstSeq: number }): Opened {
    if (open?.key === key && open.hash === hash) return { events: open.events, damage: undefined };
    const packed = typeof count === 'number' && Buffer.isBuffer(data) ? unpack(data, count) : undefined;
    let link = firstSeq === 1 ? firstLink(stream.name) : packHashAt.get(stream.id * eventKeysPerStream + firstSeq - 1);
    if (packed === undefined || typeof link !== 'string') return broken(firstSeq, 'The packed events cannot be unpacked.');
    const events: StoredEvent[] = [];
    for (const { type, version, atMs, blobHash, text: ownText } of packed) {
      const seq = firstSeq + events.length;
      const text = blobHash === undefined ? ownText : blobs.read(blobHash);
      if (text === undefined) return { events, damage: { fromSeq: seq, reason: `The blob ${blobHash} of event ${seq} is missing.` } };
      const event: StoredEvent = linkEvent(String(link), { seq, type, version, atMs, text, blobHash });
      events.push(event);
      link = event.hash;
    }
    if (link !== hash) return broken(firstSeq, 'The packed events are not those that were packed: their chain does not end as it did.');
    open = { key, hash, events };
    return { events, damage: undefined };
  }

  return {
    read(stream, afterSeq, limit) {
      const events: StoredEvent[] = [];
      try {
        while (events.length < limit) {
          const pack = findPack(stream, afterSeq + events.length);
          if (pack === undefined) break;
          const opened = openPack(stream, pack);
          const skip = afterSeq + events.length + 1 - pack.firstSeq;
          for (const event of opened.events.slice(skip, skip + limit - events.length)) events.push(event);
          if (opened.damage !== undefined && events.length < limit)
            return { events, damage: toReached(opened.damage, afterSeq + events.length) };
        }
      } catch (error) {
        if (!isDamageError(error)) throw error;
        const fromSeq = afterSeq + events.length + 1;
        return { events, damage: { fromSeq, reason: `Event ${fromSeq} cannot be read: ${error.message}.` } };
      }
      return { events, damage: undefined };
    },
    linkAt(stream, seq) {
      const pack = findPack(stream, seq - 1);
      return pack === undefined ? undefined : openPack(stream, pack).events[seq - pack.firstSeq]?.hash;
    },
    packedSeq({ id }) {
      const key = lastPack.get(id * eventKeysPerStream, (id + 1) * eventKeysPerStream);
      return typeof key === 'number' ? key - id * eventKeysPerStream : 0;
    },
    keyAfter(key) {
      const next = keyAfter.get(key);
      return typeof next === 'number' ? next : undefined;
    },
  };
}

interface RawPack {
  readonly key: number;
  readonly events: unknown;
  readonly hash: unknown;
  readonly data: unknown;
}

interface Opened {
  readonly events: readonly StoredEvent[];
  readonly damage: Damage | undefined;
}

function broken(firstSeq: number, reason: string): Opened {
  return { events: [], damage: { fromSeq: firstSeq, reason } };
}

/** Damage is told from the first event on that the reader did not get. */
function toReached({ reason }: Damage, reachedSeq: number): Damage {
  return { fromSeq: reachedSeq + 1, reason };
}
