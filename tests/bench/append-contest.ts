import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { chainEvent, firstLink, type StoredEvent } from '#main/event-store/chain.ts';
import type { EventStore } from '#main/event-store/event-store.ts';
import { eventKeysPerStream, migrate } from '#main/event-store/migrations.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { NewEvent } from '#shared/events/envelope.ts';

/** Pairs that are run and not counted: code gets compiled, files get their size. */
export const warmUpPairs = 10;

/** Both sides of one alternating pair, in milliseconds. */
export interface Pair {
  readonly oursMs: number;
  readonly peerMs: number;
}

/** An event as a run writes many of: a model call's result of about 400 bytes. */
export function typicalEvent(index: number): NewEvent {
  return {
    type: 'toolCall.succeeded',
    version: 1,
    atMs: 1_790_000_000_000 + index,
    data: {
      frameId: `frame-${index % 97}`,
      attempt: 1,
      callId: `call-${index}`,
      result: {
        path: `notes/chapter-${index % 31}.md`,
        bytes: 18_231 + index,
        text: 'The warp is what is held; the weft is what moves. '.repeat(4),
      },
      durationMs: 12.5,
    },
  };
}

/**
 * Runs `pairs` alternating rounds of our store and of raw better-sqlite3 on the same disk, schema and fsync setting, after ten warm-up pairs.
 * Who begins alternates too, so that a slow second of the disk hurts both alike.
 */
export async function contest(
  pairs: number,
  ours: (store: EventStore, round: number) => Promise<void>,
  peer: (raw: RawJournal, round: number) => void | Promise<void>,
): Promise<Pair[]> {
  mkdirSync('.cache', { recursive: true });
  const folder = mkdtempSync(join('.cache', 'bench-append-'));
  const store = createSqliteEventStore({ path: join(folder, 'ours.db'), blobFolder: join(folder, 'blobs') });
  const raw = openRawJournal(join(folder, 'raw.db'));
  const measured: Pair[] = [];
  try {
    for (let round = 0; round < pairs + warmUpPairs; round += 1) {
      let oursMs = 0;
      const runOurs = async (): Promise<void> => {
        oursMs = await timed(() => ours(store, round));
      };
      if (round % 2 === 0) await runOurs();
      const peerMs = await timed(() => peer(raw, round));
      if (round % 2 === 1) await runOurs();
      if (round >= warmUpPairs) measured.push({ oursMs, peerMs });
    }
  } finally {
    await store.close();
    raw.db.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return measured;
}

/**
 * A database with our table and settings but without the head, and the plain insert of an event row. The chain's hash comes ready-made;
 * the data is turned into text here, as whoever stores an object has to.
 */
export interface RawJournal {
  readonly db: Database.Database;
  insert(streamId: number, row: StoredEvent, data: JsonObject): void;
}

function openRawJournal(path: string): RawJournal {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  migrate(db);
  db.exec('DROP TRIGGER end_follows_event');
  const insert = db.prepare('INSERT INTO events (key, type, version, at_ms, hash, blob, data) VALUES (?, ?, ?, ?, ?, ?, ?)');
  return {
    db,
    insert(streamId, { seq, type, version, atMs, hash }, data) {
      insert.run(streamId * eventKeysPerStream + seq, type, version, atMs, hash, null, JSON.stringify(data));
    },
  };
}

/** The rows that our store would write for these events, made outside the measured time. */
export function finishedRows(
  stream: string,
  afterSeq: number,
  previousLink: string | undefined,
  events: readonly NewEvent[],
): StoredEvent[] {
  const rows: StoredEvent[] = [];
  for (const event of events)
    rows.push(chainEvent(rows.at(-1)?.hash ?? previousLink ?? firstLink(stream), afterSeq + rows.length + 1, event));
  return rows;
}

/** The middle of the pairwise ratios, and the medians of both sides. */
export function summarise(pairs: readonly Pair[]): { oursMs: number; peerMs: number; ratio: number } {
  return {
    oursMs: median(pairs.map(({ oursMs }) => oursMs)),
    peerMs: median(pairs.map(({ peerMs }) => peerMs)),
    ratio: median(pairs.map(({ oursMs, peerMs }) => oursMs / peerMs)),
  };
}

async function timed(work: () => void | Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
